import { setDisplayModule } from './display-module.js'

export * from './lodger.js'

// A classic script has no address of its own but here.
if (typeof document === 'object' && document.currentScript instanceof HTMLScriptElement) {
  setDisplayModule(new URL('lodger-display.mjs', document.currentScript.src))
}
