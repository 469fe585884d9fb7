/*
 * What came of an action. What is done is said for a while; what went wrong stays until it is dismissed.
 */

import { byId, hide, show } from './dom.js';

const SHOWN_MILLIS = 10_000;

const notice = byId('done-notice');

let timer = null;

/** Goes later, but not while somebody is at it. */
function goLater() {
	clearTimeout(timer);
	timer = setTimeout(() => {
		if (!notice.matches(':hover, :focus-within')) {
			hide(notice, true);
		}
	}, SHOWN_MILLIS);
}

/** Says what went wrong. */
export function problem(text) {
	hide(notice, true);
	hide(byId('problem'), false);
	show(byId('problem-text'), text);
}

/** Says what was done. */
export function done(text) {
	hide(byId('problem'), true);
	hide(notice, false);
	notice.dataset.tone = 'up';
	show(byId('done'), text);
	goLater();
}

/** What was done before the application was lost may no longer be so. */
export function lost(yes) {
	if (yes && notice.dataset.tone !== 'unknown') {
		notice.dataset.tone = 'unknown';
	}
}

byId('problem-dismiss').addEventListener('click', () => hide(byId('problem'), true));
byId('done-dismiss').addEventListener('click', () => hide(notice, true));
notice.addEventListener('pointerleave', goLater);
notice.addEventListener('focusout', goLater);
