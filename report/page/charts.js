// Draws the charts of the page from the numbers of its tables. A chart is columns of the table beside it.
"use strict";
{
  const report = JSON.parse(document.getElementById("data").textContent);

  // What a part means decides its colour, the same in every chart.
  const colours = {
    "not returned": "--bad", "left": "--bad", "poor": "--bad", "outside": "--bad", "hours outside": "--bad",
    "missed": "--bad", "failed": "--bad3", "declined": "--bad2", "busy": "--bad4", "abandoned": "--bad5",
    "later": "--good2", "held": "--good2", "voicemail": "--other", "forwarded": "--none", "7 days": "--other", "28 days": "--bad2",
    "still open": "--good2", "anonymous": "--none", "not judged": "--none", "not known": "--none", "unknown": "--none", "test": "--none2",
  };
  const colour = (name) => `var(${colours[name] || "--good"})`;
  const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  const date = (day) => `${Number(day.slice(8))} ${months[Number(day.slice(5, 7)) - 1]}`;
  const short = (text, most) => (text.length > most ? text.slice(0, most - 1) + "…" : text);
  const number = (value) => (Number.isInteger(value) ? String(value) : value.toFixed(1));

  function draw(figure) {
    const [t, s, k] = figure.dataset.chart.split(".").map(Number);
    const table = report.tenants[t].sections[s].tables[k];
    const { form, along, parts, of } = table.chart;
    const names = parts.map((i) => table.columns[i].name);
    const rows = table.rows.filter((row) => typeof row[parts[0]] === "number");
    const values = rows.flatMap((row) => parts.map((i) => ({ along: String(row[along]), part: table.columns[i].name, value: row[i] })));
    const width = Math.max(260, Math.floor(figure.clientWidth));
    const byDay = table.columns[along].name === "day";
    const domain = byDay ? report.days : rows.map((row) => String(row[along]));
    const title = (d) => `${d.along}, ${d.part}: ${number(d.value)}`;
    const fill = { domain: names, range: names.map(colour) };
    const common = {
      width, ariaLabel: `${table.caption}: ${of}. The table has the same numbers.`,
      style: { fontSize: "12px", fontFamily: "inherit", background: "none", overflow: "visible" },
    };
    let chart;
    if (form === "bars") {
      const most = Math.max(8, Math.floor(width / 24));
      const longest = Math.max(...domain.map((name) => Math.min(name.length, most)), 4);
      chart = Plot.plot({
        ...common, marginLeft: Math.min(longest * 6.6 + 14, width * 0.45), marginTop: 4, marginBottom: 34, marginRight: 16, height: domain.length * 26 + 40,
        x: { label: of, labelAnchor: "right", labelArrow: "none", grid: true, ticks: Math.max(2, Math.floor(width / 110)), ...(values.every((v) => v.value === 0) && { domain: [0, 1] }) },
        y: { domain, label: null, tickSize: 0, tickFormat: (name) => short(name, most), padding: 0.25 }, color: fill,
        marks: [Plot.barX(values, { x: "value", y: "along", fill: "part", order: names, title })],
      });
    } else {
      const step = Math.max(1, Math.ceil(domain.length / Math.max(2, Math.floor((width - 50) / 52))));
      const x = { domain, label: null, tickSize: 0, ticks: domain.filter((_, i) => i % step === 0), tickFormat: date };
      const y = { label: of, labelAnchor: "top", labelArrow: "none", grid: true, ticks: 5, zero: true };
      const marks = [];
      if (form === "days") {
        marks.push(Plot.barY(values, { x: "along", y: "value", fill: "part", order: names, title }), Plot.ruleY([0]));
      } else {
        // A day of which nothing is known breaks the line.
        const there = new Map(values.map((v) => [`${v.part} ${v.along}`, v]));
        const lines = names.flatMap((part) => domain.map((along) => there.get(`${part} ${along}`) || { along, part, value: NaN }));
        marks.push(
          Plot.ruleY([0]), Plot.lineY(lines, { x: "along", y: "value", stroke: "part", strokeWidth: 2 }),
          Plot.dot(values, { x: "along", y: "value", fill: "part", r: 3, title }),
        );
      }
      // A few weeks are no reason for wide columns.
      const fits = byDay ? width : Math.min(width, domain.length * 90 + 60);
      chart = Plot.plot({ ...common, width: fits, height: 250, marginLeft: 44, marginTop: 26, marginBottom: 26, marginRight: 16, x: { ...x, type: form === "days" ? "band" : "point" }, y, color: fill, marks });
    }
    chart.setAttribute("role", "img");
    for (const part of chart.querySelectorAll("[aria-label]")) part.removeAttribute("aria-label"); // of an image nothing inside is read
    const legend = document.createElement("ul");
    legend.className = "legend";
    for (const name of names) {
      const item = document.createElement("li");
      item.style.setProperty("--swatch", colour(name));
      item.textContent = name;
      legend.append(item);
    }
    figure.querySelector(".plot").replaceChildren(...(names.length > 1 ? [legend] : []), chart);
    figure.dataset.width = String(figure.clientWidth);
  }

  const figures = [...document.querySelectorAll("figure[data-chart]")];
  for (const figure of figures) {
    figure.hidden = false;
    figure.parentElement.classList.add("drawn");
  }
  // The first charts are drawn at once. What is far below is drawn when it comes near, and all of it before it is printed.
  figures.slice(0, 16).forEach(draw);
  const near = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (entry.isIntersecting && entry.target.dataset.width === undefined) draw(entry.target);
    }
  }, { rootMargin: "600px" });
  for (const figure of figures) near.observe(figure);
  window.addEventListener("resize", () => {
    for (const figure of figures) {
      if (figure.dataset.width !== undefined && figure.dataset.width !== String(figure.clientWidth)) draw(figure);
    }
  });
  const drawAll = () => figures.filter((figure) => figure.dataset.width === undefined).forEach(draw);
  window.addEventListener("beforeprint", drawAll);
}
