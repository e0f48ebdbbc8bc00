// Loads from the hosts that the page's address names, and says what came of it.
//
//   visit.html?visit=ID&host=NAME:PORT&host=…&STEP&STEP…
//
// The steps are done one after the other:
//
//   in_turn=WAY,…   each host is asked by each way, one request after the other
//   at_once=WAY,…   all of these requests together; a way may stand there more than once
//   rest=SECONDS    nothing
//
// and the ways are below. Each request has an id of its own, ID and a number, so that a second
// try is known as such. `done` is the promise of a list of {host, id, got, failed}, where got is
// 'answer' or what went wrong. What comes to nothing, for want of a connection for instance, is
// asked for once more, with `.again` after its id, and `failed` is what the first try came to.

'use strict';

const asked = new URL(location.href).searchParams;

async function byFetch(address, options = {}) {
    const response = await fetch(address,
        { mode: 'cors', credentials: 'include', cache: 'no-store', ...options });
    const text = await response.text();
    if (!response.ok) {
        return `status ${response.status}`;
    }
    return text === (options.body ?? 'answer\n') ? 'answer' : `${text.length} characters`;
}

function byElement(element, address) {
    return new Promise((resolve, reject) => {
        element.onload = () => resolve('answer');
        element.onerror = () => reject(new Error('nothing'));
        element.src = address;
        document.head.append(element);
    });
}

// A body that is like no other, of so many characters.
function post(host, id, length) {
    const body = `${id} `.repeat(length).slice(0, length);
    return byFetch(`https://${host}/echo?${id}`, { method: 'POST', body });
}

const ways = {
    fetch: (host, id) => byFetch(`https://${host}/answer.txt?${id}`),
    anonymous: (host, id) => byFetch(`https://${host}/answer.txt?${id}`,
        { credentials: 'omit' }),
    image: (host, id) => byElement(document.createElement('img'),
        `https://${host}/answer.svg?${id}`),
    script: (host, id) => byElement(document.createElement('script'),
        `https://${host}/answer.js?${id}`),
    post: (host, id) => post(host, id, 1000),
    upload: (host, id) => post(host, id, 200000),
};

let requests = 0;

async function ask(way, host) {
    requests += 1;
    const id = `${asked.get('visit')}.${requests}`;
    try {
        return { host, id, got: await ways[way](host, id) };
    }
    catch (error) {
        const got = await ways[way](host, `${id}.again`).catch((next) => next.message);
        return { host, id, got, failed: error.message };
    }
}

const everyOne = (what) => asked.getAll('host').flatMap(
    (host) => what.split(',').map((way) => [way, host]));

const steps = {
    async in_turn(what) {
        const answers = [];
        for (const [way, host] of everyOne(what)) {
            answers.push(await ask(way, host));
        }
        return answers;
    },
    at_once: (what) => Promise.all(everyOne(what).map(([way, host]) => ask(way, host))),
    rest: (seconds) => new Promise(
        (resolve) => { setTimeout(() => resolve([]), seconds * 1000); }),
};

async function go() {
    const answers = [];
    for (const [step, what] of asked) {
        answers.push(...await steps[step]?.(what) ?? []);
    }
    return answers;
}

const done = go();
