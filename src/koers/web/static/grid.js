/* A grid of boxes works as in a spreadsheet: Enter and the arrows go up and down, and what is copied from Excel goes into as many boxes
   as it has cells. Without this script every box is typed by itself. */
(() => {
  "use strict";
  for (const table of document.querySelectorAll("table[data-grid]")) {
    const rows = [...table.tBodies[0].rows].map((row) => [...row.querySelectorAll("input")]);
    const place = (box) => {
      for (let r = 0; r < rows.length; r += 1) if (rows[r].includes(box)) return [r, rows[r].indexOf(box)];
      return null;
    };
    table.addEventListener("keydown", (event) => {
      const at = event.target.matches("input") && place(event.target);
      const step = { Enter: 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!at || !step) return;
      event.preventDefault();
      const next = rows[at[0] + step];
      if (next) { next[at[1]].focus(); next[at[1]].select(); }
    });
    table.addEventListener("paste", (event) => {
      const at = event.target.matches("input") && place(event.target);
      const text = event.clipboardData.getData("text").replace(/\r?\n$/, "");
      if (!at || !/[\t\n]/.test(text)) return;
      event.preventDefault();
      text.split(/\r?\n/).forEach((line, r) => {
        line.split("\t").forEach((cell, c) => {
          const box = (rows[at[0] + r] || [])[at[1] + c];
          if (box) { box.value = cell.trim(); box.dispatchEvent(new Event("input", { bubbles: true })); }
        });
      });
    });
  }
})();
