/**
 * A gateway for trackers: the example of {@code docs/examples.md} for databases.
 */
@NullMarked
package dev.socketserver.examples.trackers;

import org.jspecify.annotations.NullMarked;
