/**
 * What nodes send each other: messages and their bytes, requests and their outcomes, and
 * which requests were received before. Knows the bus, and neither claims nor sessions.
 * Depends on {@code directory}.
 */
@NullMarked
package dev.socketserver.cluster.message;

import org.jspecify.annotations.NullMarked;
