/**
 * Makes the servers of an application those of a node: hands the properties of the
 * cluster to the engine, joins before a server listens, and notifies the application of
 * nodes that come and go. Uses {@code properties}.
 */
@NullMarked
package dev.socketserver.autoconfigure.cluster;

import org.jspecify.annotations.NullMarked;
