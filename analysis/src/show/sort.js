// Tables sort by the heading that is clicked, numbers as numbers; a second click turns them round.
for (const head of document.querySelectorAll("thead th")) {
  head.tabIndex = 0;
  head.title = "sort";
  const sort = () => {
    const body = head.closest("table").tBodies[0], at = head.cellIndex;
    const turn = head.getAttribute("aria-sort") === "ascending" ? -1 : 1;
    for (const other of head.parentNode.cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", turn > 0 ? "ascending" : "descending");
    const text = (row) => (row.cells[at] ? row.cells[at].textContent.trim() : "");
    const number = (value) => {
      const scale = /billion/.test(value) ? 1e9 : /million/.test(value) ? 1e6 : 1;
      return parseFloat(value.replace(/[,\u00a0 ]/g, "").replace("\u2212", "-").replace("+", "")) * scale;
    };
    const order = (a, b) => {
      const [left, right] = [text(a), text(b)], [x, y] = [number(left), number(right)];
      return turn * (isNaN(x) || isNaN(y) ? left.localeCompare(right) : x - y);
    };
    body.append(...[...body.rows].sort(order));
  };
  head.addEventListener("click", sort);
  head.addEventListener("keydown", (event) => event.key === "Enter" && sort());
}
