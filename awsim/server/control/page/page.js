"use strict";
// What is shown is always set as text: names and messages come from whoever calls the server.

const REFRESH_MS = 2000;
const CALLS_SHOWN = 50;
const at = (id) => document.getElementById(id);
let isFrozen = false;
let isBusy = false;

// A page that needs the server's token was opened with it behind the #; it stays in this tab.
if (location.hash.startsWith("#token=")) {
  sessionStorage.setItem("token", decodeURIComponent(location.hash.slice(7)));
  history.replaceState(null, "", location.pathname);
}

async function ask(path, method = "GET", body) {
  const headers = {};
  const token = sessionStorage.getItem("token");
  if (token) headers.Authorization = `Bearer ${token}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const answer = await fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.error || `the server answers ${answer.status}`);
  return told;
}

function make(tag, text, className) {
  const element = document.createElement(tag);
  if (text !== undefined) element.textContent = text;
  if (className) element.className = className;
  return element;
}

function showResources(resources) {
  at("resource-count").textContent = resources.length || "";
  const services = new Map();
  for (const one of resources) services.set(one.service, [...(services.get(one.service) || []), one]);
  const shown = [];
  for (const [service, own] of [...services].sort(([a], [b]) => (a < b ? -1 : 1))) {
    shown.push(make("h3", `${service} (${own.length})`));
    const list = make("ul");
    for (const one of own) {
      const item = make("li");
      item.append(make("span", one.type, "kind"), make("code", one.arn));
      list.append(item);
    }
    shown.push(list);
  }
  at("resources").replaceChildren(...(shown.length ? shown : [make("p", "Nothing exists yet.", "empty")]));
}

function brief(value) {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 117)}…` : text;
}

function showCalls(told) {
  at("call-count").textContent = told.last || "";
  const rows = told.calls.reverse().map((call) => {
    const row = make("tr");
    const members = Object.entries(call.parameters || {}).map(([name, value]) => `${name}=${brief(value)}`);
    if (call.error || call.status_code >= 400) row.className = "failed";
    row.append(
      make("td", String(call.time).slice(11, 23)),
      make("td", `${call.service}.${call.operation}`),
      make("td", call.status_code),
      make("td", `${((call.duration_seconds || 0) * 1000).toFixed(1)} ms`),
      make("td", call.error ? `${call.error.code}: ${call.error.message}` : members.join(", ")),
    );
    return row;
  });
  at("calls").replaceChildren(...rows);
}

function showFaults(faults) {
  at("fault-count").textContent = faults.length || "";
  const items = faults.map((fault) => {
    const item = make("li");
    const remove = make("button", "Remove");
    remove.type = "button";
    remove.addEventListener("click", () => act(() => ask(`/_awsim/faults/${fault.id}`, "DELETE")));
    item.append(make("code", fault.description.replace(/^Fault /, "")), remove);
    return item;
  });
  const list = make("ul");
  list.append(...items);
  at("faults").replaceChildren(items.length ? list : make("p", "None: calls fail only as AWS's do.", "empty"));
}

function showClock(clock) {
  isFrozen = clock.is_frozen;
  at("time").textContent = `${clock.time.slice(0, 19).replace("T", " ")} UTC${isFrozen ? ", frozen" : ""}`;
  at("freeze").textContent = isFrozen ? "Unfreeze" : "Freeze";
}

function showProblem(error) {
  at("problem").hidden = !error;
  at("problem").textContent = error ? `No news from the server: ${error.message}` : "";
}

async function refresh() {
  if (isBusy) return;
  isBusy = true;
  try {
    const filter = at("filter").value.trim();
    const query = new URLSearchParams({ limit: CALLS_SHOWN, ...(filter && { operation: filter }) });
    const [info, resources, calls, faults, clock] = await Promise.all([
      ask("/_awsim/info"),
      ask("/_awsim/resources"),
      ask(`/_awsim/calls?${query}`),
      ask("/_awsim/faults"),
      ask("/_awsim/clock"),
    ]);
    at("about").textContent = `${info.version} at ${info.url}, account ${info.account_id}, ${info.region}`;
    showResources(resources.resources);
    showCalls(calls);
    showFaults(faults.faults);
    showClock(clock);
    showProblem(null);
  } catch (error) {
    showProblem(error);
  } finally {
    isBusy = false;
  }
}

async function act(what) {
  try {
    await what();
  } catch (error) {
    showProblem(error);
    return;
  }
  refresh();
}

for (const button of document.querySelectorAll("[data-advance]")) {
  const advance = { [button.dataset.advance]: 1 };
  button.addEventListener("click", () => act(() => ask("/_awsim/clock", "POST", { advance })));
}
at("freeze").addEventListener("click", () =>
  act(() => ask("/_awsim/clock", "POST", isFrozen ? { unfreeze: true } : { freeze: true })),
);
at("filter").addEventListener("input", refresh);
refresh();
setInterval(() => document.hidden || refresh(), REFRESH_MS);
