/* A list as a grid: keys, pasting cells from a spreadsheet, and what is not saved yet. Without this script the form works as well. */
(() => {
  "use strict";
  const form = document.querySelector("form[data-list]");
  if (!form) return;
  const body = form.querySelector("tbody");
  const said = form.querySelector("[data-unsaved]");
  const headers = [...form.querySelectorAll("thead th[id]")].map((th) => th.textContent.trim().toLowerCase());
  const MOST = 300;
  form.querySelector("[data-keys]").hidden = false;

  const rows = () => [...body.rows];
  const cells = (row) => [...row.querySelectorAll("td input")];
  const place = (cell) => {
    const row = cell.closest("tr");
    return [rows().indexOf(row), cells(row).indexOf(cell)];
  };
  const cell = (r, c) => (rows()[r] ? cells(rows()[r])[c] : undefined);
  // A row that the server gave back unsaved stays so, whatever is typed.
  for (const row of rows()) if (row.classList.contains("k-list__unsaved")) row.dataset.unsaved = "";
  const dirty = (row) => "unsaved" in row.dataset || cells(row).some((e) => e.value !== e.defaultValue);
  const mark = () => {
    const changed = rows().filter((row) => row.classList.toggle("k-list__unsaved", dirty(row))).length;
    said.firstChild ? (said.firstChild.data = "") : said.append("");
    if (changed) said.firstChild.data = `${changed} ${changed === 1 ? "rij is" : "rijen zijn"} nog niet opgeslagen.`;
    return changed;
  };
  const go = (to) => {
    if (!to) return false;
    to.focus();
    to.select();
    return true;
  };
  const add = () => {
    const last = rows().at(-1);
    const row = last.cloneNode(true);
    const number = rows().length + 1;
    delete row.dataset.unsaved;
    row.className = "";
    for (const p of row.querySelectorAll(".k-error")) p.remove();
    for (const e of row.querySelectorAll("input")) {
      const name = e.name.replace(/^r\d+-/, "");
      e.name = `r${number}-${name}`;
      if (e.type === "hidden") { e.value = "nieuw"; continue; }
      e.id = `c${number}-${name}`;
      e.value = e.defaultValue = "";
      e.removeAttribute("aria-invalid");
      e.removeAttribute("aria-describedby");
      e.setAttribute("aria-label", e.getAttribute("aria-label").replace(/\d+$/, number));
    }
    row.cells[0].firstChild.data = String(number);
    body.append(row);
    return row;
  };

  /* As in a spreadsheet: who has not typed in a cell yet walks on with the arrows; who has, stays in it. */
  let before = "";
  let typing = false;
  let column = 0;
  form.addEventListener("focusin", (event) => {
    if (!event.target.matches("td input")) return;
    before = event.target.value;
    typing = false;
  });
  form.addEventListener("input", () => {
    typing = true;
    mark();
  });
  form.addEventListener("pointerup", (event) => {
    if (event.target.matches("td input")) column = place(event.target)[1];
  });
  form.addEventListener("keydown", (event) => {
    const here = event.target;
    if (!here.matches("td input") || event.isComposing || event.altKey) return;
    const [r, c] = place(here);
    const all = here.selectionStart === 0 && here.selectionEnd === here.value.length;
    const start = all || (here.selectionStart === 0 && here.selectionEnd === 0);
    const end = all || here.selectionStart === here.value.length;
    let done = false;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      form.requestSubmit();
      done = true;
    } else if (event.key === "Enter") {
      // Enter comes back to the column where this row was begun.
      if (!event.shiftKey && r + 1 === rows().length) add();
      go(cell(r + (event.shiftKey ? -1 : 1), column));
      done = true;
    } else if (event.key === "Escape") {
      here.value = typing ? before : here.defaultValue;
      typing = false;
      here.select();
      mark();
      done = true;
    } else if (event.ctrlKey || event.metaKey || event.shiftKey) {
      return;
    } else if (event.key === "F2") {
      typing = true;
      here.setSelectionRange(here.value.length, here.value.length);
      done = true;
    } else if (!typing && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      column = c;
      done = go(cell(r + (event.key === "ArrowDown" ? 1 : -1), c)) || true;
    } else if (!typing && event.key === "ArrowRight" && end) {
      done = go(cell(r, c + 1));
      column = place(document.activeElement)[1];
    } else if (!typing && event.key === "ArrowLeft" && start) {
      done = go(cell(r, c - 1));
      column = place(document.activeElement)[1];
    }
    if (done) event.preventDefault();
  });

  /* Cells as a spreadsheet copies them: tabs between them, quotes around what holds a line break. */
  const table = (text) => {
    const found = [[""]];
    let quoted = false;
    for (let i = 0; i < text.length; i += 1) {
      const row = found.at(-1);
      const sign = text[i];
      if (quoted && sign === '"' && text[i + 1] === '"') { row[row.length - 1] += '"'; i += 1; }
      else if (sign === '"' && (quoted || row.at(-1) === "")) quoted = !quoted;
      else if (!quoted && sign === "\t") row.push("");
      else if (!quoted && (sign === "\n" || sign === "\r")) { if (sign === "\n" || text[i + 1] !== "\n") found.push([""]); }
      else row[row.length - 1] += sign;
    }
    return found.map((row) => row.map((text) => text.trim().replace(/\s+/g, " "))).filter((row) => row.some(Boolean));
  };
  const tell = (text, undo) => {
    mark();
    const line = document.createElement("span");
    line.append(` ${text} `);
    if (undo) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "utrecht-button utrecht-button--secondary-action";
      button.textContent = "Plakken ongedaan maken";
      button.addEventListener("click", () => { undo(); line.remove(); mark(); });
      line.append(button);
    }
    for (const old of said.querySelectorAll("span")) old.remove();
    said.append(line);
  };
  form.addEventListener("paste", (event) => {
    if (!event.target.matches("td input")) return;
    const text = event.clipboardData.getData("text/plain");
    if (!/[\t\n]/.test(text.trimEnd())) return;
    event.preventDefault();
    const [r, c] = place(event.target);
    let copied = table(text);
    let order = headers.map((_, n) => n).slice(c);
    const named = copied[0].map((t) => headers.indexOf(t.toLowerCase()));
    if (named.filter((n) => n >= 0).length > 1) {
      if (named.includes(-1)) return tell(`Niets geplakt: de kolom '${copied[0][named.indexOf(-1)]}' hoort niet bij deze lijst.`);
      order = named;
      copied = copied.slice(1);
    }
    if (copied.some((row) => row.length > order.length)) return tell("Niets geplakt: er zijn meer kolommen dan in deze lijst. Plak vanaf een cel verder naar links, of met de kopjes erbij.");
    if (copied.length > MOST) return tell(`Niets geplakt: het zijn ${copied.length} rijen en er passen er ${MOST} tegelijk. Gebruik Inlezen.`);
    const were = [];
    const first = rows().length;
    copied.forEach((row, n) => {
      if (!cell(r + n, 0)) add();
      row.forEach((value, m) => {
        const to = cell(r + n, order[m]);
        were.push([to, to.value]);
        to.value = value;
      });
    });
    tell(`${copied.length} ${copied.length === 1 ? "rij" : "rijen"} geplakt.`, () => {
      for (const [to, value] of were) to.value = value;
      for (const row of rows().slice(first)) row.remove();
      go(cell(r, c));
    });
    event.target.focus();
  });

  /* Only what was touched is sent; the rest is as it was. */
  let sending = false;
  form.addEventListener("submit", () => {
    sending = true;
    for (const row of rows()) if (!dirty(row)) for (const e of row.querySelectorAll("input")) e.disabled = true;
  });
  window.addEventListener("pageshow", () => {
    sending = false;
    for (const e of form.querySelectorAll("input:disabled")) e.disabled = false;
    mark();
  });
  window.addEventListener("beforeunload", (event) => {
    if (!sending && mark()) event.preventDefault();
  });
})();
