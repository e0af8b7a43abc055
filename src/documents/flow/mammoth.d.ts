/** The build for browsers, which also runs in workers and in node; its types are those of the package. */
declare module 'mammoth/mammoth.browser.js' {
  import mammoth from 'mammoth'
  export default mammoth
}
