/**
 * Tests that what is acknowledged is stored, in order, whatever is killed. Has peers, a
 * checker that knows what was acknowledged, and faults that the checker must find.
 */
@NullMarked
package dev.socketserver.bridge.kill;

import org.jspecify.annotations.NullMarked;
