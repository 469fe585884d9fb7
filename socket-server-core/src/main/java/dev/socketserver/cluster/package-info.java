/**
 * Many nodes, one server: finds the session of an identity on whichever node has it,
 * sends to it, and broadcasts to sessions of all nodes. What users write against; an
 * engine for it implements {@code spi}. Uses nothing but the types of the root package.
 */
@NullMarked
package dev.socketserver.cluster;

import org.jspecify.annotations.NullMarked;
