const { appendFileSync } = require("node:fs");
const { createClock } = require("../../dist/provider/vcc/clock.js");
const { createAccounts } = require("../../dist/provider/accounts/accounts.js");
const { createLifecycle } = require("../../dist/provider/lifecycle/lifecycle.js");

/**
 * What `provider/dynamic` makes once for each process, so that one process can serve many
 * operations. Waits end at once.
 *
 * @param log the file for what it logs
 */
exports.createFreshLifecycle = ({ log: file, environment }) => {
  let nowMs = Date.now();
  const now = () => nowMs;
  const sleep = async (ms) => {
    nowMs += ms;
  };
  const log = (line) => appendFileSync(file, `${line}\n`);
  const accounts = createAccounts(environment, {
    clock: createClock({ now, sleep, log }),
    log,
    maxAttempts: 3,
  });
  return createLifecycle({
    accounts,
    environment,
    log,
    now,
  });
};
