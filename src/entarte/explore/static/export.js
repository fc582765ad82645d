// Files of what is seen: a link, JSON, and the picture of each view as HTML, SVG or PNG.

import { chosenWeights } from "/view/view_data.js";
import { ask } from "./api.js";
import { make } from "./dom.js";
import { address, question, state } from "./state.js";

export function exportMenu(app, view) {
  const item = (label, act) => make("button", { type: "button", class: "plain", onclick: async (event) => {
    event.target.closest("details").open = false;
    try { await act(view().data()); } catch (error) { app.say(error.message); }
  } }, label);
  return make("details", { class: "drop" }, make("summary", {}, "Share"), make("div", { class: "sheetlet" },
    item("Copy link", async () => { await navigator.clipboard.writeText(location.origin + address()); app.say("The link is copied."); }),
    item("JSON", (data) => save(`${data.name}.json`, new Blob([JSON.stringify(data.json, null, 1)], { type: "application/json" }))),
    item("HTML", async (data) => save(`${data.name}.html`, data.alignment ? await drawn(data, "html") : new Blob([await page()], { type: "text/html" }))),
    item("SVG", async (data) => save(`${data.name}.svg`, data.alignment ? await drawn(data, "svg") : new Blob([await svg()], { type: "image/svg+xml" }))),
    state.view === "translate" && item("Evidence card", async () => save("card.html", await ask("picture", "/api/card", { ...question(), choice: state.choice, ending: "html" }))),
    item("PNG", async (data) => save(`${data.name}.png`, data.alignment ? await drawn(data, "png") : await png())),
  ));
}

/** An alignment as the server draws it, fit for print: words or pieces, layer and head as they are looked at. */
function drawn({ alignment }, ending) {
  const { level, mode, layer, head } = state;
  const weights = ending === "html" ? alignment.weights : chosenWeights(alignment, layer, head);
  return ask("picture", "/api/picture", { alignment: { ...alignment, weights }, ending, level, mode, layer, head });
}

function save(name, blob) {
  const link = make("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

const styles = () => fetch("/static/page.css").then((reply) => reply.text());

/** The view as it stands, without what only works on the page; pixels become images. */
function still() {
  const stage = document.querySelector(".stage");
  const copy = stage.cloneNode(true);
  const [from, to] = [stage.querySelectorAll("canvas"), copy.querySelectorAll("canvas")];
  from.forEach((canvas, n) => {
    const image = make("img", { src: canvas.toDataURL(), alt: canvas.getAttribute("aria-label") || "" });
    image.className = canvas.className;
    image.style.height = canvas.style.height;
    to[n].replaceWith(image);
  });
  const [sliders, drawn] = [stage.querySelectorAll("input"), copy.querySelectorAll("input")];
  sliders.forEach((slider, n) => drawn[n].setAttribute("value", slider.value)); // else it is lost with the page
  copy.querySelectorAll(".controls, script").forEach((one) => one.remove());
  return copy;
}

function whole() {
  const root = make("div", { class: "export" });
  const said = document.querySelector(".composer .said")?.textContent || "";
  const source = document.getElementById("source").value;
  root.append(make("p", { class: "export-head" }, make("bdi", {}, source), " → ", make("bdi", {}, said)), still());
  return root;
}

const dark = () => {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
};

async function page() {
  const body = whole().outerHTML;
  const css = (await styles()).replaceAll("</", "<\\/");
  return `<!doctype html>\n<html lang="en" data-theme="${dark() ? "dark" : "light"}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"><title>Entarté</title><style>${css}</style></head><body>${body}</body></html>`;
}

/** The view at its whole size, also what is scrolled to on the page. */
function laid() {
  const root = whole();
  root.classList.add("laid");
  root.style.width = `${document.querySelector(".stage").clientWidth + 48}px`;
  document.body.append(root);
  root.style.width = `${root.scrollWidth}px`;
  const size = [root.scrollWidth, root.scrollHeight];
  root.remove();
  root.classList.remove("laid");
  return [root, ...size];
}

async function svg() {
  const [root, width, height] = laid();
  const css = (await styles()).replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  const body = new XMLSerializer().serializeToString(root);
  return `<svg xmlns="http://www.w3.org/2000/svg" data-theme="${dark() ? "dark" : "light"}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"><foreignObject width="100%" height="100%"><html xmlns="http://www.w3.org/1999/xhtml" data-theme="${dark() ? "dark" : "light"}"><style>${css}</style><body>${body}</body></html></foreignObject></svg>`;
}

const LARGEST = 16000; // pixels of a side that browsers can draw

async function png() {
  const picture = new Image();
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(await svg())}`;
  await picture.decode();
  const scale = Math.min(2, LARGEST / picture.width, LARGEST / picture.height);
  const canvas = make("canvas", { width: scale * picture.width, height: scale * picture.height });
  const pen = canvas.getContext("2d");
  pen.scale(scale, scale);
  pen.drawImage(picture, 0, 0);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}
