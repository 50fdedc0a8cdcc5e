// A static service gets no variables. Names are a part of addresses, so it finds the web by that:
// at http://warehouse-production-site.localhost or below /~warehouse-production-site alike.
const here = location.origin + (location.pathname.match(/^\/~[^/]+/) ?? [""])[0];
const web = here.replace(/-site(?=\.|$)/, "-web");

const at = (id) => document.getElementById(id);

async function ask(url, options) {
  const answer = await fetch(url, options);
  return answer.json();
}

function element(name, text, ...children) {
  const made = document.createElement(name);
  made.append(text, ...children);
  return made;
}

function shelf({ item, pieces, taken }) {
  const button = element("button", `Order ${item}`);
  button.addEventListener("click", () => order(item, button));
  const left = element("small", `${pieces} pieces, taken ${taken} times`);
  return element("li", element("b", item), left, button);
}

async function order(item, button) {
  button.disabled = true;
  at("parcel").textContent = `The ${item} is being packed …`;
  try {
    // As plain text, so that the browser needs no leave to send it.
    const options = { method: "POST", body: JSON.stringify({ item }) };
    const label = await ask(`${web}/parcels`, options);
    await (label.track ? follow(label.track) : later(label.id));
    await shelves();
  } catch {
    at("parcel").textContent = "The web does not answer just now. Try again in a moment.";
  } finally {
    button.disabled = false;
  }
}

// The label says where its parcel is followed: at the web's public address, as the packer knows it.
async function follow(track) {
  const label = await ask(track);
  const seal = label.genuine ? "its seal is genuine" : "ITS SEAL IS BROKEN";
  const link = element("a", track);
  link.href = track;
  at("parcel").replaceChildren(
    `${label.item}, ${label.fetched}, from the ${label.region}: ${seal}. Follow it at `, link);
}

function later(id) {
  at("parcel").textContent = `Parcel ${id} waits for a packer.`;
}

async function shelves() {
  const { items } = await ask(`${web}/shelves`);
  at("shelves").replaceChildren(...items.map(shelf));
}

async function about() {
  const { title, company, region } = await ask(`${web}/about`);
  at("title").textContent = title;
  at("about").textContent = `${company}, at the ${region}.`;
}

async function links() {
  const { missing, used } = await ask(`${web}/links`);
  const rows = Object.entries(used).flatMap(([service, each]) =>
    Object.entries(each).map(([name, found]) =>
      element("tr", element("td", service), element("td", name), element("td", found))));
  const away = Object.entries(missing).map(([service, why]) => `${service}: ${why}.`);
  at("links").replaceChildren(...rows);
  at("said").textContent = [`${rows.length} links were used just now.`, ...away].join(" ");
}

for (const load of [about, shelves, links]) {
  load().catch(() => { at("said").textContent = `${web} does not answer. Reload in a moment.`; });
}
