/* The meeting's screen: keys, others' changes without losing what is being typed, and drafts that survive turning a page.
   Without this script every button works as well. */
(() => {
  "use strict";
  const store = window.sessionStorage;
  const typing = (target) => target.closest("input, select, textarea, [contenteditable]") !== null;
  const draftKey = (form) => "koers:" + form.getAttribute("action");
  const dirty = (form) => [...form.elements].some((e) => e.name && e.type !== "hidden" && e.defaultValue !== undefined && e.value !== e.defaultValue);

  const remember = (form) => {
    if (!dirty(form)) return;
    const values = {};
    for (const e of form.elements) if (e.name && e.type !== "checkbox" && e.name !== "csrfmiddlewaretoken") values[e.name] = e.value;
    store.setItem(draftKey(form), JSON.stringify(values));
  };
  const restore = () => {
    for (const form of document.querySelectorAll("form[data-draft]")) {
      const kept = store.getItem(draftKey(form));
      // What the server gives back after a conflict or an error comes first.
      if (kept === null || document.getElementById("conflict") || form.querySelector(".k-error")) continue;
      for (const [name, value] of Object.entries(JSON.parse(kept))) if (form.elements[name]) form.elements[name].value = value;
      const fold = form.closest("details");
      if (fold) fold.open = true;
    }
  };
  document.addEventListener("input", (event) => {
    const form = event.target.closest && event.target.closest("form[data-draft]");
    if (form) remember(form);
  });
  document.addEventListener("submit", (event) => store.removeItem(draftKey(event.target)), true);

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
      store.removeItem(draftKey(line));
      said.textContent = "De regel is toegevoegd.";
    } else if (xhr.status === 0) {
      remember(line);
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
  restore();
  const conflict = document.getElementById("conflict");
  if (conflict) conflict.scrollIntoView({ block: "start" });
})();
