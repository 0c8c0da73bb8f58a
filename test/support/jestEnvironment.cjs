const { TestEnvironment } = require('jest-environment-node');

/** The global object of Node instead of one per test file, for jestRuntime.cjs. Environment variables are restored. */
module.exports = class SharedGlobals extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    this.ownGlobal = this.global;
    this.global = globalThis;
    const FakeTimers = this.fakeTimersModern.constructor;
    this.fakeTimersModern = new FakeTimers({ config: config.projectConfig, global: globalThis });
    this.variables = { ...process.env };
  }

  async teardown() {
    for (const name of Object.keys(process.env)) if (!(name in this.variables)) delete process.env[name];
    Object.assign(process.env, this.variables);
    this.global = this.ownGlobal;
    await super.teardown();
  }
};
