/**
 * What callers and peers of a cluster have seen, and whether that may be.
 */
@NullMarked
package dev.socketserver.engine.cluster.history;

import org.jspecify.annotations.NullMarked;
