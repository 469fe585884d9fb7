/**
 * What is acknowledged is stored, in order, whatever is killed: peers and a checker that
 * know what was acknowledged, and faults that the checker must find.
 */
@NullMarked
package dev.socketserver.bridge.kill;

import org.jspecify.annotations.NullMarked;
