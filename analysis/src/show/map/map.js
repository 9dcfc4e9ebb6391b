(() => {
  "use strict";
  const $ = (id) => document.getElementById(id);
  const data = JSON.parse($("data").textContent);
  const map = $("map"), slider = $("time"), play = $("play"), now = $("now"), cursor = $("cursor");
  const marks = [...map.querySelectorAll(".link, .dot")];
  const first = marks.map((mark) => [mark.getAttribute("class"), mark.firstChild.textContent]);
  const names = first.map(([, title]) => title.split(": up ")[0]);
  const kinds = first.map(([style]) => style.split(" ")[0]);
  const wholeRun = now.textContent, last = data.times.length - 1;
  const share = (mark, period) => (data.states[mark].charCodeAt(period) - 40) / 60;
  const state = (s) => (s >= 1 ? 0 : s >= 0.9 ? 1 : s >= 0.5 ? 2 : s > 0 ? 3 : 4);
  const percent = (s) => Math.round(s * 100) + " %";
  let timer = 0;

  const show = (period) => {
    const whole = period < 0;
    let sum = 0, down = 0;
    marks.forEach((mark, place) => {
      const s = whole ? 0 : share(place, period);
      mark.setAttribute("class", whole ? first[place][0] : kinds[place] + " s" + state(s));
      mark.firstChild.textContent = whole ? first[place][1] : names[place] + ": up " + percent(s);
      sum += s;
      down += s === 0;
    });
    now.textContent = whole ? wholeRun : data.hours + " h to " + data.times[period] + ": up " +
      percent(sum / marks.length) + " of the time, " + down + " of " +
      marks.length + (kinds.includes("link") ? " devices and links" : " devices") + " down";
    cursor.setAttribute("visibility", whole ? "hidden" : "visible");
    cursor.setAttribute("x", Math.max(period, 0));
    slider.setAttribute("aria-valuetext", now.textContent);
    $("loads").replaceChildren(...(whole ? [] : data.loads).map(([name, loads]) => {
      const item = document.createElement("span"), meter = document.createElement("meter");
      meter.value = loads[period];
      item.append("Load of ", name, " ", meter, " ", percent(loads[period]));
      return item;
    }));
  };

  const stop = () => {
    clearInterval(timer);
    timer = 0;
    play.textContent = "Play";
  };
  play.onclick = () => {
    if (timer) return stop();
    if (+slider.value >= last) slider.value = -1;
    play.textContent = "Pause";
    timer = setInterval(() => {
      if (+slider.value >= last) return stop();
      slider.value = +slider.value + 1;
      show(+slider.value);
    }, Math.max(60, Math.min(400, 20000 / data.times.length)));
  };
  slider.max = last;
  slider.oninput = () => {
    stop();
    show(+slider.value);
  };

  const zoom = (button, [x, y, wide, high]) => {
    const [, , full, tall] = data.whole;
    // The window keeps its shape.
    const scale = Math.min(full / wide, tall / high);
    const [w, h] = [full / scale, tall / scale];
    map.setAttribute("viewBox", [x + (wide - w) / 2, y + (high - h) / 2, w, h].join(" "));
    map.style.setProperty("--zoom", scale);
    for (const other of $("zoom").children) other.setAttribute("aria-pressed", other === button);
  };
  const areas = data.covers.length > 1 ? [["Everywhere", data.whole], ...data.covers] : [];
  areas.forEach(([name, area], place) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = name;
    button.setAttribute("aria-pressed", place === 0);
    button.onclick = () => zoom(button, area);
    $("zoom").append(button);
  });
  $("zoom").hidden = areas.length === 0;
  $("controls").hidden = false;
  const asked = /^#period=(\d+)$/.exec(location.hash);
  if (asked) slider.value = Math.min(+asked[1], last);
  show(+slider.value);
})();
