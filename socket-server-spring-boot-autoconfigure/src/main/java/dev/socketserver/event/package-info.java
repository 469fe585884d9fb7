/**
 * Application events that announce what happens to servers, their sessions, clients, and
 * the nodes of a cluster. Each is published on the thread on which
 * {@link dev.socketserver.SocketServerListener},
 * {@link dev.socketserver.client.SocketClientListener} or
 * {@link dev.socketserver.cluster.spi.ClusterListener} is called for it: a listener must
 * be quick, unless it is asynchronous.
 */
@NullMarked
package dev.socketserver.event;

import org.jspecify.annotations.NullMarked;
