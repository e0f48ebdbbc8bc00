"use strict";
// What the search knows of a site. What decides was computed by authorityc, and is laid out
// as report_search.h describes it; here values are compared, and names are matched.

// Outcomes of a pair that are no reason; reasons are numbers from 0.
const SAME = -2, SHARED = -1;

const Site = (() => {
  const NO_REASON = 99;
  const H2 = 1, LOCATION_AUTH = 2, LOCATION_CIPHERS = 4;
  const FIELD_HTTP = 7, FIELD_ZONE = 8;

  function undelta(deltas) {
    let value = 0;
    return Int32Array.from(deltas, (delta) => (value += delta));
  }

  // Where each run begins, and last where all end.
  function startsOf(counts) {
    const starts = new Int32Array(counts.length + 1);
    counts.forEach((count, index) => (starts[index + 1] = starts[index] + count));
    return starts;
  }

  function linesOf(text) {
    return text === "" ? [] : text.split("\n");
  }

  function setRead(raw) {
    return {address: raw.address, vhosts: undelta(raw.vhosts), rows: undelta(raw.rows),
      lost: new Set(undelta(raw.lost))};
  }

  function certificatesRead(raw) {
    let string = 0;
    return raw.map((list) => list.map((delta) => (string += delta)));
  }

  function directivesRead(raw) {
    return raw && {
      texts: raw.texts,
      starts: startsOf(undelta(raw.line_counts)),
      lineTexts: undelta(raw.line_texts),
      linePlaces: raw.line_places.map(undelta),
      settings: raw.settings.map(undelta),
    };
  }

  // Of an ascending list; -1 where it is not there.
  function indexIn(list, wanted) {
    let low = 0, high = list.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (list[middle] < wanted) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return list[low] === wanted ? low : -1;
  }

  function isAddress(name) {
    return name.includes(":") || /^\d+\.\d+\.\d+\.\d+$/.test(name);
  }

  // `*` is any run of characters, `?` is one.
  function matches(pattern, name) {
    if (/^\*[^*?]+$/.test(pattern)) {
      return name.length >= pattern.length - 1 && name.endsWith(pattern.slice(1));
    }
    const source = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&").replace(/\*/g, ".*")
      .replace(/\?/g, ".");
    return new RegExp(`^${source}$`, "s").test(name);
  }

  class Site {
    constructor(raw) {
      this.strings = linesOf(raw.strings).concat(linesOf(raw.others));
      this.text = `\n${raw.strings}\n`;
      this.strict = raw.strict;
      this.reasons = raw.reasons;
      this.reason = Object.fromEntries(raw.reasons.map((one, index) => [one.name, index]));
      this.names = undelta(raw.names);
      this.starts = startsOf(undelta(raw.name_counts));
      this.covered = raw.covered;
      this.flags = Uint8Array.from(raw.flags, (flag) => flag.charCodeAt(0) - 48);
      this.files = raw.files;
      this.places = raw.vhost_places.map(undelta);
      this.certificates = certificatesRead(raw.certificates);
      this.covers = raw.covers;
      this.vhostCovers = undelta(raw.vhost_covers);
      this.coverSets = new Map();
      this.accepted = new Set(raw.accepted.map(([vhost, name]) => `${vhost} ${name}`));
      this.locations = new Map(raw.locations.map(([vhost, reason, path, ...place]) =>
        [`${vhost} ${reason}`, {text: `<Location ${path}>`, place: this.place(place)}]));
      this.fields = raw.rows.fields.map((one) =>
        ({...one, text: undelta(one.text), effect: undelta(one.effect)}));
      this.zones = undelta(raw.rows.zones);
      this.sets = raw.sets.map(setRead);
      this.directives = directivesRead(raw.directives);
      this.namesIndex();
    }

    namesIndex() {
      this.owners = new Int32Array(this.names.length);
      for (let vhost = 0; vhost + 1 < this.starts.length; vhost++) {
        this.owners.fill(vhost, this.starts[vhost], this.starts[vhost + 1]);
      }
      this.namesOf = new Map();    // by text: its names; one is not put into a list
      this.patterns = [];
      this.names.forEach((string, name) => {
        const text = this.strings[string];
        const known = this.namesOf.get(text);
        this.namesOf.set(text, known === undefined ? name : [known, name].flat());
        if (text.includes("*") || text.includes("?")) {
          this.patterns.push(name);
        }
      });
    }

    nameText(name) {
      return this.strings[this.names[name]];
    }

    serverName(vhost) {
      return this.nameText(this.starts[vhost]);
    }

    // ---- places and directives

    place([file, line, fromFile, fromLine]) {
      const from = fromFile ? `, from ${this.files[fromFile - 1]}:${fromLine}` : "";
      return (this.files[file] === "" ? "default" : `${this.files[file]}:${line}`) + from;
    }

    vhostPlace(vhost) {
      return this.place(this.places.map((column) => column[vhost]));
    }

    // The directives of a field of a vhost, with their places.
    lines(field, vhost) {
      const {texts, starts, lineTexts, linePlaces, settings} = this.directives;
      const setting = settings[field][vhost];
      const found = [];
      for (let line = starts[setting]; line < starts[setting + 1]; line++) {
        found.push({text: texts[lineTexts[line]],
          place: this.place(linePlaces.map((column) => column[line]))});
      }
      return found;
    }

    fieldText(field, vhost) {
      return this.lines(field, vhost).map((line) => line.text).join("\n");
    }

    // The fields that a reason is about, for two vhosts.
    fieldsOf(reason, a, b) {
      if (reason === this.reason.textual) {
        return this.fields.map((one) => one.reason)
          .filter((field) => this.fieldText(field, a) !== this.fieldText(field, b));
      }
      return reason === this.reason["other-zone"] ? [FIELD_ZONE]
        : reason === this.reason["http1-only"] ? [FIELD_HTTP]
        : this.fields.some((one) => one.reason === reason) ? [reason] : [];
    }

    // What a vhost says and the other does not, or all of it where both say the same.
    unlikeLines(field, vhost, other) {
      const lines = this.lines(field, vhost);
      const others = new Set(this.lines(field, other).map((line) => line.text));
      return this.fieldText(field, vhost) === this.fieldText(field, other) ? lines
        : lines.filter((line) => !others.has(line.text));
    }

    certificateNames(vhost) {
      return this.covers[this.vhostCovers[vhost]].flatMap((certificate) =>
        this.certificates[certificate].map((string) => this.strings[string]));
    }

    // The lines of a vhost that a reason stands on, against another one; `requested` is
    // that of the two that the request is for. Null where it does not depend on the vhost.
    evidence(reason, vhost, other, requested) {
      if (this.locations.has(`${requested} ${reason}`)) {
        return vhost === requested ? [this.locations.get(`${requested} ${reason}`)] : null;
      }
      const fields = this.directives ? this.fieldsOf(reason, vhost, other) : [];
      const depends = reason !== this.reason["http1-only"] || vhost === requested;
      return fields.length === 0 || !depends ? null
        : fields.flatMap((field) => this.unlikeLines(field, vhost, other));
    }

    // What is the same for names that can be told together, for a reason of the subject's.
    evidenceKey(reason, vhost, subject, requested) {
      if (reason === this.reason["not-covered"]) {
        return vhost === requested ? "" : this.vhostCovers[vhost];
      }
      if (this.locations.has(`${requested} ${reason}`)) {
        return vhost === requested ? vhost : "";
      }
      return !this.directives ? "" : this.fieldsOf(reason, vhost, subject)
        .map((field) => this.directives.settings[field][vhost]).join(" ");
    }

    // ---- what is compared

    // The names of each certificate of a cover that can cover anything (RFC 9525, 6.3).
    setsOf(cover) {
      if (!this.coverSets.has(cover)) {
        this.coverSets.set(cover, this.covers[cover].map((certificate) =>
          new Set(this.certificates[certificate].map((string) => this.strings[string])
            .filter((name) => !name.replace(/^\*\./, "").includes("*")))));
      }
      return this.coverSets.get(cover);
    }

    covering(vhost, name) {
      const sets = this.setsOf(this.vhostCovers[vhost]);
      const dot = name.indexOf(".");
      const wild = dot > 0 ? `*${name.slice(dot)}` : name;
      return sets.length > 0 && !isAddress(name) &&
        sets.every((set) => set.has(name) || set.has(wild));
    }

    // The first reason by which two rows differ.
    rowReason(a, b) {
      let least = NO_REASON;
      for (const field of this.fields) {
        const alike = field.text[a] === field.text[b];
        if (alike && field.settles) {
          continue;
        }
        if (field.effect[a] !== field.effect[b]) {
          least = Math.min(least, field.reason);
        } else if (field.spelt && !alike) {
          least = Math.min(least, this.reason.textual);
        }
      }
      if (this.zones[a] !== this.zones[b]) {
        least = Math.min(least, this.reason["other-zone"]);
      }
      return this.strict ? Math.min(least, this.reason.strict) : least;
    }

    speaksH2(vhost) {
      return (this.flags[vhost] & H2) !== 0;
    }

    // What a request brings along on every connection but its own vhost's.
    requestReason(vhost) {
      const flags = this.flags[vhost];
      return flags & LOCATION_AUTH ? this.reason["location-client-auth"]
        : flags & LOCATION_CIPHERS ? this.reason["location-ciphers"]
        : flags & H2 ? NO_REASON : this.reason["http1-only"];
    }

    // SAME, SHARED or a reason. `rows` is the reason of the two vhosts' rows, `covered` is
    // whether the request's own vhost covers the name.
    outcome(connection, request, rows, name, covered) {
      if (connection === request) {
        return SAME;
      }
      const reason = Math.min(rows, this.requestReason(request));
      if (reason > this.reason["not-covered"] && covered && !this.covering(connection, name) &&
          !this.accepted.has(`${connection} ${name}`)) {
        return this.reason["not-covered"];
      }
      return reason === NO_REASON ? SHARED : reason;
    }

    // What becomes of requests on an address set: a map from outcome to names. They are
    // requests for each name on connections of `vhost` (way "to"), or those for `text`, a
    // name of it, on connections of each ("from").
    survey(set, vhost, text, way) {
      const own = set.rows[indexIn(set.vhosts, vhost)];
      const ownCovered = this.covering(vhost, text);
      const known = new Map();
      const kinds = new Map();
      set.vhosts.forEach((other, index) => {
        const row = set.rows[index];
        if (way === "from" && !this.speaksH2(other)) {
          return;
        }
        if (!known.has(row)) {
          known.set(row, this.rowReason(own, row));
        }
        for (let name = this.starts[other]; name < this.starts[other + 1]; name++) {
          if (set.lost.has(name)) {
            continue;
          }
          const kind = way === "to"
            ? this.outcome(vhost, other, known.get(row), this.nameText(name),
              this.covered[name] === "1")
            : this.outcome(other, vhost, known.get(row), text, ownCovered);
          if (!kinds.has(kind)) {
            kinds.set(kind, []);
          }
          kinds.get(kind).push(name);
        }
      });
      return kinds;
    }

    // ---- finding names

    // The host of what was typed or pasted.
    normalised(text) {
      return text.trim().toLowerCase().replace(/^https?:\/\//, "").replace(/[/#].*$/, "")
        .replace(/:\d+$/, "").replace(/\.$/, "");
    }

    // Where the name leads to: on each address set, the first vhost in the file's order
    // that has it, or a pattern for it.
    seatsOf(text) {
      const exact = this.namesOf.get(text);
      const names = this.patterns.filter((name) => matches(this.nameText(name), text))
        .concat(exact === undefined ? [] : exact)
        .sort((a, b) => this.owners[a] - this.owners[b]);
      return this.sets.flatMap((set) => {
        const name = names.find((one) => indexIn(set.vhosts, this.owners[one]) >= 0);
        return name === undefined ? [] : [{set, name, vhost: this.owners[name]}];
      });
    }

    // At most so many names with the text in them, those that begin with it first.
    namesWith(text, most) {
      const found = [];
      let at = this.text.indexOf(text);
      while (at >= 0 && found.length < most) {
        const end = this.text.indexOf("\n", at);
        found.push(this.text.slice(this.text.lastIndexOf("\n", at) + 1, end));
        at = this.text.indexOf(text, end);
      }
      return found.sort((a, b) => (b.startsWith(text) - a.startsWith(text)) ||
        a.length - b.length || (a < b ? -1 : 1));
    }
  }
  return Site;
})();
