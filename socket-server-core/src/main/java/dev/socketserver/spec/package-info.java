/**
 * What specifications of servers and of clients share, and what a wrong one throws. Knows
 * no other package; the root package builds on it.
 */
@NullMarked
package dev.socketserver.spec;

import org.jspecify.annotations.NullMarked;
