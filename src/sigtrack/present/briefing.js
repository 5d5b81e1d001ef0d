"use strict";
{
  const lists = [...document.querySelectorAll(".list")];
  const rows = [...document.querySelectorAll(".stories tbody tr")];
  const texts = new Map(rows.map((row) => [row, row.textContent.normalize("NFKC").toLowerCase()]));
  const status = document.getElementById("count");
  const filter = document.getElementById("filter");

  function show() {
    const words = filter.value.normalize("NFKC").toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      row.hidden = !words.every((word) => texts.get(row).includes(word));
      shown += row.hidden ? 0 : 1;
    }
    for (const list of lists) {
      list.hidden = words.length > 0 && !list.querySelector("tbody tr:not([hidden])");
      if (words.length > 0 && !list.hidden) list.open = true;
    }
    status.textContent = words.length
      ? status.dataset.told.replace("{shown}", shown).replace("{total}", rows.length)
      : "";
  }

  function sort(head) {
    const heads = [...head.parentElement.children];
    const place = heads.indexOf(head);
    const numbers = head.dataset.sort === "number";
    const up = head.getAttribute("aria-sort") ? head.getAttribute("aria-sort") === "descending" : !numbers;
    const body = head.closest("table").tBodies[0];
    const value = (row) => row.cells[place].dataset.value;
    const order = numbers
      ? (a, b) => Number(value(a)) - Number(value(b))
      : (a, b) => value(a).localeCompare(value(b));
    body.append(...[...body.rows].sort((a, b) => (up ? order(a, b) : order(b, a))));
    for (const one of heads) one.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
  }

  for (const head of document.querySelectorAll("th[data-sort]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    button.addEventListener("click", () => sort(head));
    head.replaceChildren(button);
  }
  const tools = document.getElementById("tools");
  tools.hidden = false;
  tools.addEventListener("submit", (event) => event.preventDefault());
  filter.addEventListener("input", show);
  document.getElementById("open").addEventListener("click", () => lists.forEach((one) => (one.open = true)));
  document.getElementById("fold").addEventListener("click", () => lists.forEach((one) => (one.open = false)));
  const folded = [];
  addEventListener("beforeprint", () => {
    folded.push(...lists.filter((one) => !one.open));
    folded.forEach((one) => (one.open = true));
  });
  addEventListener("afterprint", () => folded.splice(0).forEach((one) => (one.open = false)));
}
