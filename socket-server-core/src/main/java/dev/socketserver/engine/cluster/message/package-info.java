/**
 * What nodes send each other: messages and their bytes, requests and their outcomes, and
 * which requests have come before. Knows the bus, and neither claims nor sessions.
 */
@NullMarked
package dev.socketserver.engine.cluster.message;

import org.jspecify.annotations.NullMarked;
