/**
 * Specifications: turns the properties of an entry, after merging, into a specification
 * of the engine, and finds the beans and SSL bundles that they name. Owns which key a
 * message names, and the warnings about keys without effect. Uses {@code properties},
 * {@code framing}, {@code block}, {@code port}, {@code registration} and {@code handler}.
 */
@NullMarked
package dev.socketserver.autoconfigure.spec;

import org.jspecify.annotations.NullMarked;
