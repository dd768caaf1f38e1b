// Evaluates the catalog's expressions, which were printed into this program, and draws them. No formula is written here.
(() => {
  "use strict";
  const statements = {
    /* statements */
  };
  const TERMS = ["imitation", "decoupling", "drift"];
  const MOST = 1e6; // bounds above are not distinguished: a thousand times the longest horizon
  const root = document.getElementById("explorer");
  const data = JSON.parse(document.getElementById("explorer-data").textContent);
  const find = (selector) => root.querySelector(selector);

  function running() { // sums and products so far, as long as nothing but their last index changes
    const known = {};
    return (id, start, low, high, step) => {
      const sofar = known[id] ??= [start];
      while (sofar.length <= high - low + 1) sofar.push(step(sofar[sofar.length - 1], low + sofar.length - 1));
      return sofar[Math.max(0, high - low + 1)];
    };
  }

  function bound(key, values, run = running()) {
    const result = { H: values.H, total: 0 };
    for (const term of TERMS) result.total += result[term] = statements[key][term]({ ...data.fixed, ...values }, run);
    return result;
  }
  root.bound = bound; // for whoever checks the page

  // ---- numbers as text

  const power = (exponent) => "10" + [...String(exponent)].map((sign) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[sign] || "⁻").join("");
  const grouped = (x) => x.toLocaleString("en", { maximumFractionDigits: 6 });

  function digits(x) {
    if (x === 0) return "0";
    if (!(x <= MOST)) return `more than ${power(6)}`;
    if (x >= 0.001) return x.toLocaleString("en", { minimumSignificantDigits: 3, maximumSignificantDigits: 3 });
    const [mantissa, exponent] = x.toExponential(2).split("e");
    return `${mantissa}·${power(Number(exponent))}`;
  }

  // ---- the chart

  function draw(parent, name, attributes, text = "") {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.textContent = text;
    parent.append(element);
    return element;
  }

  function redraw(chart, key, values) {
    const run = running();
    const rows = data.sliders[0].values.map((H) => bound(key, { ...values, H }, run)); // the first slider is the horizon
    const last = rows[rows.length - 1];
    const top = Math.ceil(Math.log10(Math.max(last.H, Math.min(last.total, 100 * last.H))));
    const bottom = Math.max(Math.floor(Math.log10(Math.min(1, ...rows.map((row) => row.total).filter((t) => t > 0)))), top - 8);
    const width = Math.max(280, chart.parentElement.clientWidth);
    const height = Math.round(Math.min(440, Math.max(300, 0.55 * width)));
    const box = { left: 46, right: width - 16, top: 24, bottom: height - 44 };
    const x = (H) => box.left + (box.right - box.left) * Math.log(H) / Math.log(last.H);
    const y = (value) => box.bottom - (box.bottom - box.top) * Math.min(2, (Math.log10(value) - bottom) / (top - bottom));
    chart.setAttribute("viewBox", `0 0 ${width} ${height}`);
    chart.replaceChildren();
    const above = `${x(1)},${y(1)} ${x(last.H)},${y(last.H)} ${x(last.H)},${box.top} ${x(1)},${box.top}`;
    draw(chart, "polygon", { class: "explorer-shade", points: above });
    for (let exponent = bottom; exponent <= top; exponent++) {
      const place = y(10 ** exponent);
      draw(chart, "line", { class: "explorer-grid", x1: box.left, x2: box.right, y1: place, y2: place });
      const label = Math.abs(exponent) < 4 ? grouped(10 ** exponent) : power(exponent);
      draw(chart, "text", { x: box.left - 6, y: place + 4, "text-anchor": "end" }, label);
    }
    for (let H = 1; H <= last.H; H *= 10) {
      draw(chart, "line", { class: "explorer-grid", x1: x(H), x2: x(H), y1: box.top, y2: box.bottom });
      draw(chart, "text", { x: x(H), y: box.bottom + 17, "text-anchor": H < last.H ? "middle" : "end" }, grouped(H));
    }
    draw(chart, "text", { x: (box.left + box.right) / 2, y: box.bottom + 36, "text-anchor": "middle" }, "horizon H (steps)");
    draw(chart, "text", { x: 4, y: 13 }, "regret over one episode (reward units)");
    draw(chart, "text", { class: "halo", x: x(1) + 8, y: box.top + 18 }, "vacuous");
    const size = { x: 0, y: box.top - 2, width, height: box.bottom - box.top + 4 };
    const plot = draw(chart, "svg", { ...size, viewBox: `0 ${size.y} ${width} ${size.height}`, "aria-hidden": "true" });
    for (const name of [...TERMS, "total"]) {
      const points = rows.filter((row) => row[name] > 10 ** bottom).map((row) => `${x(row.H).toFixed(1)} ${y(row[name]).toFixed(1)}`);
      if (points.length) draw(plot, "path", { class: `explorer-${name}`, d: `M${points.join("L")}` });
    }
    draw(plot, "path", { class: "explorer-trivial", d: `M${x(1)} ${y(1)}L${x(last.H)} ${y(last.H)}` });
    const [at, place, foot] = [x(values.H), y(bound(key, values, run).total), box.top + 13];
    const arrow = `${at - 7},${foot} ${at + 7},${foot} ${at},${box.top + 1}`; // where the point is above the chart
    if (place < box.top - 1) draw(chart, "polygon", { class: "explorer-point", points: arrow });
    else draw(chart, "circle", { class: "explorer-point", cx: at, cy: Math.min(place, box.bottom), r: 6 });
  }

  // ---- the controls

  const statement = find("#explorer-statement");
  const inputs = data.sliders.map((slider) => ({ ...slider, input: find(`#explorer-${slider.name}`) }));

  function tell(name, result, H) {
    const [total, share] = [digits(result.total), 100 * result.total / H];
    const most = TERMS.reduce((a, b) => (result[b] > result[a] ? b : a));
    const vacuous = !(result.total < H);
    const verdict = document.createElement(vacuous ? "strong" : "span");
    verdict.textContent = vacuous
      ? "Vacuous: no better than the trivial bound. "
      : `Not vacuous: ${share < 0.1 ? "less than 0.1" : share.toPrecision(2)} % of the trivial bound. `;
    find(".explorer-summary").replaceChildren(
      result.total <= MOST
        ? `${name}. With probability at least ${1 - data.fixed.delta}, total regret is at most ${total}. `
        : `${name}. The bound is ${total}. `,
      `The trivial bound is H = ${grouped(H)}. `,
      verdict,
      `Largest term: ${most}.`,
    );
  }

  function update() {
    const key = statement.value;
    const values = {};
    for (const { name, unit, values: offered, symbols, input } of inputs) {
      const position = input.valueAsNumber;
      for (const [of, numbers] of Object.entries(symbols)) values[of] = numbers[position];
      input.disabled = !Object.keys(symbols).some((of) => data.used[key].includes(of));
      const words = input.disabled ? "not used" : `${grouped(offered[position])} ${unit}`.trim();
      find(`#explorer-${name}-value`).textContent = words;
      input.setAttribute("aria-valuetext", words);
    }
    const result = bound(key, values);
    for (const cell of root.querySelectorAll("[data-term]")) {
      cell.textContent = cell.dataset.term === "trivial" ? grouped(values.H) : digits(result[cell.dataset.term]);
    }
    for (const note of root.querySelectorAll("[data-statement]")) note.hidden = note.dataset.statement !== key;
    tell(statement.selectedOptions[0].textContent, result, values.H);
    redraw(find(".explorer-chart"), key, values);
  }

  find(".explorer-controls").addEventListener("input", update);
  find(".explorer-live").hidden = false;
  new ResizeObserver(update).observe(find(".explorer-figure")); // labels keep their size on any screen
  update();
})();
