/**
 * The blocks of specifications, which are called like those of the properties, and what a
 * wrong one throws; names that somebody may have meant. Knows {@code address} only; the
 * root package builds on it.
 */
@NullMarked
package dev.socketserver.spec;

import org.jspecify.annotations.NullMarked;
