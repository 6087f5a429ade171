/** Calls what every page of the tests reports: see visit.ts. */
const attack = "reportToTest('script ran')";

/** Texts that run a script where a page takes a text for HTML, an attribute, a URL or a template. */
export const hostileTexts: readonly string[] = [
  `<img src=x onerror="${attack}">`,
  `"><script>${attack}</script>`,
  `'"><svg onload=${attack}>`,
  `</script><script>${attack}</script>`,
  `</title><iframe srcdoc="<script>parent.${attack}</script>">`,
  `javascript:${attack}`,
  `data:text/html,<script>${attack}</script>`,
  `<a href="javascript:${attack}">listen</a>`,
  `<style>@import 'http://attacker.example/';</style>`,
  `<math><mtext></form><form><mglyph><style></math><img src onerror=${attack}>`,
  `{{constructor.constructor("${attack}")()}}`,
  `\${${attack}}`,
  `<details open ontoggle=${attack}>`,
  `" autofocus onfocus=${attack} x="`,
  `<input autofocus onfocus=${attack}>`,
  `{count, plural, other {${attack}}} <b>bold</b>`,
  `\u202Ereversed ${attack}\u202C`,
];
