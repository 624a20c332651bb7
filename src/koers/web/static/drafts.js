/* What is typed in a form is kept in this browser until it is saved: for each form, municipality and person. It comes back after
   signing out, an error, or another form on the same page. Without this script every form works as well. */
(() => {
  "use strict";
  const body = document.body;
  const store = window.localStorage;
  const PREFIX = "koers:concept:";
  const DAYS = 3 * 24 * 60 * 60 * 1000;
  const who = body.dataset.wie;
  if (!who) return;

  const typed = (e) => e.name && !e.disabled && (e.tagName === "TEXTAREA" || e.tagName === "SELECT" || (e.tagName === "INPUT" && !["hidden", "password", "file", "submit", "button", "checkbox", "radio"].includes(e.type)));
  /* What says which version was read comes along, so that another's change in the meantime is still seen. */
  const read = (e) => e.name && e.type === "hidden" && /(^|-)(revision|was)$/.test(e.name);
  const free = (form) => form.method === "post" && !("noDraft" in form.dataset) && !form.querySelector("input[type=password]") && [...form.elements].some((e) => typed(e) && (e.tagName === "TEXTAREA" || e.type === "text"));
  const forms = () => [...document.forms].filter(free);
  const address = (form) => new URL(form.getAttribute("action") || window.location.href, window.location.href).pathname;
  const key = (form) => PREFIX + who + ":" + (body.dataset.gemeente || "") + ":" + address(form) + ":" + [...form.elements].filter(typed).map((e) => e.name).join(",");
  const before = (e) => (e.tagName === "SELECT" ? ([...e.options].find((o) => o.defaultSelected) || e.options[0] || { value: "" }).value : e.defaultValue);
  const dirty = (form) => [...form.elements].some((e) => typed(e) && e.value !== before(e));
  const got = (name) => {
    try { return JSON.parse(store.getItem(name)); } catch { return null; }
  };
  const put = (name, draft) => {
    try { store.setItem(name, JSON.stringify(draft)); } catch { /* Full or switched off: then there are no drafts. */ }
  };

  const remember = (form) => {
    if (!free(form)) return;
    if (!dirty(form)) return store.removeItem(key(form));
    const values = {};
    for (const e of form.elements) if (typed(e) || read(e)) values[e.name] = e.value;
    put(key(form), { at: Date.now(), values, sent: (got(key(form)) || {}).sent });
  };
  const forget = (form) => store.removeItem(key(form));

  /* The server names the draft of what it saved. */
  const saved = document.cookie.split("; ").find((c) => c.startsWith("koers_bewaard="));
  const sent = saved ? saved.split("=")[1] : "";
  if (saved) document.cookie = "koers_bewaard=; path=/; max-age=0; samesite=lax";
  for (const name of Object.keys(store).filter((n) => n.startsWith(PREFIX))) {
    const draft = got(name);
    if (!draft || Date.now() - draft.at > DAYS || (sent && draft.sent === sent)) store.removeItem(name);
  }

  const say = (form, draft) => {
    const line = document.createElement("p");
    line.className = "utrecht-alert utrecht-alert--info k-message k-concept";
    line.setAttribute("role", "status");
    const at = new Date(draft.at).toLocaleTimeString("nl-NL", { hour: "2-digit", minute: "2-digit" });
    line.append(`Uw tekst van ${at} is teruggezet en nog niet opgeslagen. `);
    const drop = document.createElement("button");
    drop.type = "button";
    drop.className = "utrecht-button utrecht-button--secondary-action";
    drop.textContent = "Weggooien";
    drop.addEventListener("click", () => {
      form.reset();
      forget(form);
      line.remove();
    });
    line.append(drop);
    form.prepend(line);
  };
  const restore = (form) => {
    const draft = got(key(form));
    if (!draft) return;
    // What the server gives back after a conflict or an error comes first.
    if (document.getElementById("conflict") || form.querySelector(".k-errors, .k-error, [aria-invalid=true]")) return remember(form);
    const same = Object.entries(draft.values).every(([name, value]) => !form.elements[name] || read(form.elements[name]) || form.elements[name].value === value);
    if (same) return forget(form);
    for (const [name, value] of Object.entries(draft.values)) if (form.elements[name] && "value" in form.elements[name]) form.elements[name].value = value;
    const changed = [...form.elements].filter((e) => typed(e) && e.value !== before(e));
    for (const e of [form, ...changed]) for (let fold = e.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    say(form, draft);
  };

  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form) remember(form);
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!free(form) || !dirty(form)) return;
    const mark = Array.from(crypto.getRandomValues(new Uint8Array(12)), (n) => n.toString(16).padStart(2, "0")).join("");
    let field = form.elements["koers_concept"];
    if (!field) {
      field = document.createElement("input");
      field.type = "hidden";
      field.name = "koers_concept";
      form.append(field);
    }
    field.value = mark;
    remember(form);
    const draft = got(key(form));
    if (draft) put(key(form), { ...draft, sent: mark });
  }, true);
  window.koersDrafts = { remember, forget };
  forms().forEach(restore);
})();
