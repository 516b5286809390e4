// Calls of koffi that do not block, in the rows of `cargo bench --bench table -- background`: microseconds a call.
// Not in CI: npm install koffi in a folder of its own, and NODE_PATH=that/node_modules node benches/node/async.js
'use strict';
const koffi = require('koffi');

const BURST = 4000;
koffi.config({ max_async_calls: BURST });
const hypot = koffi.load('libm.so.6').func('double hypot(double, double)');

const call = () =>
  new Promise((resolve, reject) =>
    hypot.async(3, 4, (error, result) => (error || result !== 5 ? reject(error ?? result) : resolve())));

const microseconds = (start, calls) => Number(process.hrtime.bigint() - start) / 1000 / calls;

async function burst() {
  const start = process.hrtime.bigint();
  const calls = Array.from({ length: BURST }, call);
  const submission = microseconds(start, BURST);
  await Promise.all(calls);
  return [submission, microseconds(start, BURST)];
}

async function inTurn() {
  const start = process.hrtime.bigint();
  for (let i = 0; i < 1000; i++) await call();
  return microseconds(start, 1000);
}

async function main() {
  const samples = [];
  for (let i = 0; i < 30; i++) samples.push([...(await burst()), await inTurn()]);
  const median = (column) => samples.map((row) => row[column]).sort((x, y) => x - y)[15].toFixed(2);
  ['submission', 'burst of 4,000, a call', 'there and back'].forEach((row, i) =>
    console.log(row.padEnd(24), median(i)));
}

main();
