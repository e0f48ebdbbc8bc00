// The search: what is typed, and its answers. Texts of the site get into the page as text
// alone.
(() => {
  const SUGGESTED = 12, FOUND_MOST = 500;
  // Of a list, how much is shown at first: of names, of settings of others, of their names.
  const FIRST_NAMES = 8, FIRST_SIDES = 3, FIRST_ON_SIDE = 4;
  const MORE_SHOWN = 200;

  const byId = (id) => document.getElementById(id);
  const field = byId("name");
  let site = null;

  function element(kind, attributes, ...children) {
    const made = document.createElement(kind);
    for (const [name, value] of Object.entries(attributes)) {
      made.setAttribute(name, value);
    }
    made.append(...children);
    return made;
  }

  const word = (text) => element("bdi", {}, text);
  const soft = (text) => element("span", {class: "place"}, text);
  const number = (count) => count.toLocaleString("en-US");
  const counted = (count, what) => `${number(count)} ${what}${count === 1 ? "" : "s"}`;
  const address = (name) => `#q=${encodeURIComponent(name)}`;

  // A list of which the first few are written, and a button for more of them.
  function longList(kind, items, what, first, write) {
    const list = element("ul", {class: kind});
    const button = element("button", {type: "button", class: "more"});
    let shown = 0;
    function more(count) {
      const end = items.length <= shown + count + 2 ? items.length : shown + count;
      list.append(...items.slice(shown, end).map((item, index) =>
        element("li", {}, ...write(item, shown + index))));
      shown = end;
      button.textContent = `${number(Math.min(items.length - shown, MORE_SHOWN))} more of ` +
        counted(items.length, what);
      button.hidden = shown >= items.length;
    }
    more(first);
    if (shown === items.length) {
      return list;
    }
    button.addEventListener("click", () => {
      const next = list.children.length;
      more(MORE_SHOWN);
      list.children[next].tabIndex = -1;
      list.children[next].focus();
    });
    return element("div", {}, list, button);
  }

  // Names, each with the place of its vhost where that is another one than before it.
  function namesWritten(names, first) {
    return longList("names", names, "name", first, (name, index) => {
      const vhost = site.owners[name];
      const text = site.nameText(name);
      const link = element("a", {href: address(text)}, word(text));
      return index > 0 && site.owners[names[index - 1]] === vhost ? [link]
        : [link, " ", soft(site.vhostPlace(vhost))];
    });
  }

  function linesWritten(lines) {
    return lines.length === 0 ? [element("p", {class: "said"}, "nothing of the kind")]
      : lines.map((line) => element("p", {class: "said"}, element("code", {}, line.text), " ",
        soft(line.place)));
  }

  function certificateWritten(vhost) {
    const names = site.certificateNames(vhost);
    return element("p", {class: "said"}, names.length === 0 ? "it has no certificate"
      : `its certificate covers ${names.slice(0, 4).join(", ")}` +
        (names.length > 4 ? ` and ${number(names.length - 4)} more` : ""));
  }

  function evidenceWritten(reason, vhost, other, requested) {
    if (reason === site.reason["not-covered"]) {
      return vhost === requested ? [] : [certificateWritten(vhost)];
    }
    const lines = site.evidence(reason, vhost, other, requested);
    return lines === null ? [] : linesWritten(lines);
  }

  // Names put together by what their vhosts say.
  function sidesOf(reason, names, subject, way) {
    const sides = new Map();
    for (const name of names) {
      const vhost = site.owners[name];
      const key = site.evidenceKey(reason, vhost, subject, way === "to" ? vhost : subject);
      if (!sides.has(key)) {
        sides.set(key, []);
      }
      sides.get(key).push(name);
    }
    return [...sides.values()];
  }

  function refusedWritten(reason, names, subject, way) {
    const sides = sidesOf(reason, names, subject, way);
    const {sentence, way_out: wayOut} = site.reasons[reason];
    const first = site.owners[sides[0][0]];
    const own = evidenceWritten(reason, subject, first, way === "to" ? first : subject);
    return [
      element("p", {}, sentence),
      ...(site.directives ? [] : [element("p", {class: "side"},
        "There is no room here for the lines behind this: ",
        element("code", {}, "authorityc explain CONNECTION NAME"), " has them.")]),
      ...(own.length > 0 ? [element("p", {class: "side"}, word(site.serverName(subject)), ":"),
        ...own, element("p", {class: "side"}, "the others:")] : []),
      longList("sides", sides, "setting", FIRST_SIDES, (side) => {
        const other = site.owners[side[0]];
        return [...evidenceWritten(reason, other, subject, way === "to" ? other : subject),
          namesWritten(side, FIRST_ON_SIDE)];
      }),
      element("p", {class: "way-out"}, element("b", {}, "What to do: "), wayOut),
    ];
  }

  function kindWritten(kind, names, subject, way) {
    const good = kind < 0;
    const name = kind === SAME ? "same" : kind === SHARED ? "shared" : site.reasons[kind].name;
    return element("li", {"data-kind": name, "data-count": names.length},
      element("p", {class: "kind"},
        element("b", {class: good ? "good" : "bad"}, `${good ? "\u2713" : "\u2715"} ${name}`),
        kind === SAME ? ", the vhost itself: " : good ? ": " : ", 421: ",
        counted(names.length, "name")),
      ...(good ? [namesWritten(names, FIRST_NAMES)] : refusedWritten(kind, names, subject, way)));
  }

  function wayWritten(title, way, ...children) {
    return element("section", {class: "way", "data-way": way},
      element("h4", {}, ...title), ...children);
  }

  function kindsWritten(kinds, subject, way) {
    const sorted = [...kinds.keys()].sort((a, b) => a - b);
    return sorted.length === 0 ? element("p", {}, "nobody: none speaks HTTP/2")
      : element("ul", {class: "kinds"},
        ...sorted.map((kind) => kindWritten(kind, kinds.get(kind), subject, way)));
  }

  function answerWritten(text, {set, name, vhost}) {
    const pattern = site.nameText(name);
    return element("section", {class: "answer", "data-address": set.address},
      element("h3", {}, word(text), " on ", word(set.address)),
      element("p", {}, "vhost ", word(site.serverName(vhost)), " ",
        soft(site.vhostPlace(vhost)), ...(pattern === text ? [] : [", by ", word(pattern)])),
      element("div", {class: "ways"},
        wayWritten(["On connections of ", word(text), ", requests for"], "to",
          site.speaksH2(vhost)
            ? kindsWritten(site.survey(set, vhost, text, "to"), vhost, "to")
            : element("p", {}, "It does not speak HTTP/2: clients use its connections for " +
              "no other names.")),
        wayWritten(["Requests for ", word(text), ", on connections of"], "from",
          kindsWritten(site.survey(set, vhost, text, "from"), vhost, "from"))));
  }

  function summary(text, {set, vhost}) {
    let good = 0, bad = 0;
    for (const [kind, names] of site.survey(set, vhost, text, "from")) {
      good += kind < 0 ? names.length : 0;
      bad += kind < 0 ? 0 : names.length;
    }
    return `${text} on ${set.address}: answered on connections of ${counted(good, "name")}, ` +
      `refused with 421 on those of ${number(bad)}.`;
  }

  function suggestion(text) {
    return element("li", {}, element("a", {href: address(text)}, word(text)));
  }

  function namesFound(text, found) {
    return found.length === 0 ? `No vhost has the name ${text}, or a name with that in it.`
      : (found.length === FOUND_MOST ? "Very many names" : counted(found.length, "name")) +
        ` with ${text} in them` +
        (found.length > SUGGESTED ? `; the first ${SUGGESTED}:` : ":");
  }

  function answer() {
    const text = site.normalised(field.value);
    const seats = text === "" ? [] : site.seatsOf(text);
    const found = text === "" || seats.length > 0 ? [] : site.namesWith(text, FOUND_MOST);
    byId("found").textContent = text === "" ? `${counted(site.names.length, "name")} to find.`
      : seats.length > 0 ? seats.map((seat) => summary(text, seat)).join(" ")
      : namesFound(text, found);
    byId("names").replaceChildren(...found.slice(0, SUGGESTED).map(suggestion));
    byId("answers").replaceChildren(...seats.map((seat) => answerWritten(text, seat)));
    byId("answers").setAttribute("data-for", text);
  }

  // A link to a name: the search for it.
  function fromAddress() {
    const asked = /^#q=(.*)$/.exec(location.hash);
    if (asked) {
      field.value = decodeURIComponent(asked[1]);
      answer();
      field.focus({preventScroll: true});
      byId("search").scrollIntoView();
    }
  }

  function namesLink() {
    for (const name of document.querySelectorAll("main table .name, main li > .name")) {
      const link = element("a", {href: address(name.textContent)});
      name.replaceWith(link);
      link.append(name);
    }
  }

  async function read(text) {
    const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    return new Site(await new Response(stream).json());
  }

  async function start() {
    const data = byId("site");
    if (!data || typeof DecompressionStream === "undefined") {
      return;
    }
    site = await read(data.textContent);
    byId("no-search").remove();
    byId("search-form").hidden = false;
    document.querySelector(".skip").href = "#name";
    namesLink();
    answer();
    let waiting = 0;
    field.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(answer, 120);
    });
    addEventListener("hashchange", fromAddress);
    fromAddress();
  }

  addEventListener("beforeprint", () => {
    document.querySelectorAll("details").forEach((one) => (one.open = true));
  });
  start();
})();
