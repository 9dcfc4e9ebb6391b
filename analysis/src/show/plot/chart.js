// Charts over dates: values under the pointer; drag for a closer look, double-click for all again.
document.querySelectorAll("svg.chart[data-frame]").forEach((svg, number) => {
  const list = (key) => svg.dataset[key].split(" ").map(Number);
  const [left, top, right, bottom] = list("frame"), [first, last] = list("days");
  const [low, high] = list("values"), width = right - left, clip = "part" + number;
  const add = (name, marks, to = svg) => {
    const made = to.appendChild(document.createElementNS(svg.namespaceURI, name));
    for (const mark in marks) made.setAttribute(mark, marks[mark]);
    return made;
  };
  // What moves: each mark with the attribute that places it, and its places from left to right.
  const parts = [...svg.querySelectorAll("polyline, polygon, circle, text")].map((mark) => {
    const key = { circle: "cx", text: "x" }[mark.tagName] || "points", was = mark.getAttribute(key);
    return { mark, key, was, xs: was.trim().split(/\s+/).map((point) => parseFloat(point)) };
  });
  const inside = parts.filter(({ xs }) => xs.every((x) => x >= left - 1 && x <= right + 1));
  const ends = parts.filter(({ mark, xs }) => mark.tagName === "text" && xs[0] > right);
  const lines = inside.filter(({ mark, xs }) => mark.tagName === "polyline" && xs.length > 2);
  if (lines.length === 0) return;
  for (const line of lines) {
    line.ys = line.was.trim().split(/\s+/).map((point) => +point.split(",")[1]);
    const ink = line.mark.getAttribute("stroke");
    const end = ends.findIndex(({ mark }) => mark.getAttribute("fill") === ink);
    line.name = end < 0 ? "" : ends.splice(end, 1)[0].mark.textContent.trim() + " ";
  }
  add("rect", { x: left, y: top, width, height: bottom - top + 30 }, add("clipPath", { id: clip }));
  const pick = add("rect", { y: top, height: bottom - top, opacity: 0.15, fill: "currentColor" });
  const told = document.createElement("output");
  told.className = "readout";
  svg.parentNode.after(told);
  let [from, to, start] = [left, right, null];
  const at = (event) => {
    const box = svg.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * svg.viewBox.baseVal.width;
    return from + ((Math.min(right, Math.max(left, x)) - left) / width) * (to - from);
  };
  const place = (x) => left + ((x - from) / (to - from)) * width;
  const value = ({ xs, ys }, x) => {
    const next = Math.max(1, xs.findIndex((other) => other >= x));
    const share = (x - xs[next - 1]) / (xs[next] - xs[next - 1] || 1);
    const y = ys[next - 1] + share * (ys[next] - ys[next - 1]);
    const found = low + ((bottom - y) / (bottom - top)) * (high - low);
    return Number(found.toPrecision(4)).toLocaleString("en");
  };
  // Days alone where there are many; else to the minute, or to the second where an hour is wide.
  const span = last - first, parts_of_day = span > 62 ? 1 : span > 0.2 ? 1440 : 86400;
  const when = (day) => {
    const text = new Date(Math.round(day * parts_of_day) / parts_of_day * 864e5).toISOString();
    return text.slice(0, { 1: 10, 1440: 16, 86400: 19 }[parts_of_day]).replace("T", " ");
  };
  svg.onpointermove = (event) => {
    const x = at(event), day = first + ((x - left) / width) * (last - first);
    const here = lines.filter(({ xs }) => x >= xs[0] && x <= xs[xs.length - 1]);
    told.textContent = [when(day)]
      .concat(here.map((line) => line.name + value(line, x))).join(", ") + " " + svg.dataset.unit;
    const [a, b] = [place(x), place(start ?? x)];
    pick.setAttribute("x", Math.min(a, b));
    pick.setAttribute("width", Math.max(3, Math.abs(a - b)));
  };
  svg.onpointerleave = () => pick.setAttribute("width", 0);
  const look = (a, b) => {
    [from, to] = [Math.min(a, b), Math.max(a, b)];
    for (const { mark, key, was, xs } of inside) {
      mark.setAttribute(key, was.replace(key === "points" ? /[\d.]+(?=,)/g : /.+/, place));
      if (key === "x") mark.style.visibility = xs[0] < from || xs[0] > to ? "hidden" : "";
      else mark.setAttribute("clip-path", `url(#${clip})`);
    }
  };
  svg.onpointerdown = (event) => (start = event.pointerType === "mouse" ? at(event) : null);
  svg.onpointerup = (event) => {
    if (start !== null && Math.abs(place(at(event)) - place(start)) > 30) look(start, at(event));
    start = null;
  };
  svg.ondblclick = () => look(left, right);
});
