/*
 * Pages of the documentation: links to them, if the application says where they are.
 */

import { docs } from './actuator.js';

/** What leads to a page, for facts and rows: {text, href, outside}; only text if nobody knows where it is. */
export function docsPage(page, text = `See ${page} in the documentation.`) {
	return docs() ? { text, href: `${docs()}/${page.replace(/\.md\b/, '.html')}`, outside: true } : { text };
}
