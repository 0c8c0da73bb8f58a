const { createRequire } = require('node:module');
const { isAbsolute } = require('node:path');
const { compileFunction } = require('node:vm');
const { default: Runtime } = require('jest-runtime');

/**
 * Loads the modules of this project anew for each test file, as Jest does, but packages once per process, and all of them
 * in the global context of Node. Jest itself would compile every package again for each test file, in a context in which
 * each use of a global is a slow call: the suite took a third more processor time. No test mocks a module.
 */
module.exports = class SharedPackages extends Runtime {
  constructor(...args) {
    super(...args);
    const { executor } = this;
    executor.compile = (source, filename) =>
      compileFunction(source, executor.injectedModuleParameters, { filename });
  }

  requireModuleOrMock(from, name) {
    const isPackage = !name.startsWith('.') && !isAbsolute(name);
    return isPackage && name !== '@jest/globals'
      ? createRequire(from)(name)
      : super.requireModuleOrMock(from, name);
  }
};
