// Loads from the hosts that the page's address names, and says what came of it.
//
//   visit.html?visit=ID&host=NAME:PORT&host=…
//
// First the hosts are asked one after the other by fetch(), then all at once for images and
// scripts. Each request has an id of its own, ID and a number, so that a second try is known
// as such. `done` is the promise of a list of {host, id, got}, where got is 'answer' or what
// went wrong.

'use strict';

const asked = new URL(location.href).searchParams;

async function byFetch(host, id) {
    const response = await fetch(`https://${host}/answer.txt?${id}`,
        { mode: 'cors', credentials: 'include', cache: 'no-store' });
    await response.text();
    return response.ok ? 'answer' : `status ${response.status}`;
}

function byElement(element, address) {
    return new Promise((resolve) => {
        element.onload = () => resolve('answer');
        element.onerror = () => resolve('nothing');
        element.src = address;
        document.head.append(element);
    });
}

function byImage(host, id) {
    return byElement(document.createElement('img'), `https://${host}/answer.svg?${id}`);
}

function byScript(host, id) {
    return byElement(document.createElement('script'), `https://${host}/answer.js?${id}`);
}

let requests = 0;

async function ask(way, host) {
    requests += 1;
    const id = `${asked.get('visit')}.${requests}`;
    const got = await way(host, id).catch((error) => error.message);
    return { host, id, got };
}

async function askAll(hosts) {
    const answers = [];
    for (const host of hosts) {
        answers.push(await ask(byFetch, host));
    }
    const together = hosts.flatMap((host) => [ask(byImage, host), ask(byScript, host)]);
    return answers.concat(await Promise.all(together));
}

const done = askAll(asked.getAll('host'));
