/* The meeting's screen: keys, and others' changes without losing what is being typed (drafts are kept by drafts.js).
   Without this script every button works as well. */
(() => {
  "use strict";
  const typing = (target) => target.closest("input, select, textarea, [contenteditable]") !== null;
  const drafts = window.koersDrafts || { remember() {}, forget() {} };
  const dirty = (form) => [...form.elements].some((e) => e.name && e.type !== "hidden" && e.defaultValue !== undefined && e.value !== e.defaultValue);

  /* A note that nobody here is typing in follows what another saved. */
  const follow = () => {
    const stand = document.getElementById("stand");
    const note = document.getElementById("id_note-note");
    if (!stand || !note || dirty(note.form) || document.getElementById("conflict") || document.activeElement === note) return;
    note.value = note.defaultValue = stand.dataset.note;
    note.form.elements["note-revision"].value = stand.dataset.revision;
    note.form.elements["note-was"].value = stand.dataset.was;
  };
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.target.id === "stand") event.detail.headers["If-None-Match"] = '"' + event.target.dataset.etag + '"';
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, target } = event.detail;
    // Anything but the part itself, such as the page to sign in, is not put in its place; and the list is not taken from under
    // the keyboard of somebody who is in it.
    if (xhr.status !== 200 || !xhr.responseText.includes('id="stand"') || target.contains(document.activeElement)) event.detail.shouldSwap = false;
  });
  document.addEventListener("htmx:afterSwap", follow);

  /* A line is added without leaving the page. What is refused is sent once more as without script: the page then says why. */
  const line = document.getElementById("regel");
  document.addEventListener("htmx:afterRequest", (event) => {
    if (!line || event.detail.elt !== line) return;
    const { xhr } = event.detail;
    const said = document.getElementById("bewaard");
    if (xhr.status === 200 && xhr.responseText.includes('id="stand"')) {
      line.reset();
      drafts.forget(line);
      said.textContent = "De regel is toegevoegd.";
    } else if (xhr.status === 0) {
      drafts.remember(line);
      said.textContent = "Geen verbinding: de regel is nog niet opgeslagen.";
    } else {
      line.submit();
    }
  });

  const go = (rel) => {
    const link = document.querySelector(`a[rel=${rel}]`);
    if (link) window.location.assign(link.href);
  };
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && typing(event.target)) return event.target.blur();
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key === "n" || event.key === "ArrowRight") return go("next");
    if (event.key === "r" && line) {
      event.preventDefault();
      return line.elements["line-text"].focus();
    }
    if (event.key === "p" || event.key === "ArrowLeft") return go("prev");
    const fold = [...document.querySelectorAll("details[data-key]")].find((d) => d.dataset.key === event.key);
    if (!fold) return;
    event.preventDefault();
    fold.open = fold.dataset.key === "?" ? !fold.open : true;
    const first = fold.querySelector("input:not([type=hidden]), textarea, select");
    if (fold.open && first) first.focus();
    fold.scrollIntoView({ block: "nearest" });
  });
  const conflict = document.getElementById("conflict");
  if (conflict) conflict.scrollIntoView({ block: "start" });
})();
