/**
 * What an engine for clusters provides: a directory of who owns what, and a bus from node
 * to node. For modules of this project, not for applications. Uses the root package and
 * the types of {@code cluster}; knows neither sessions nor sockets.
 */
@NullMarked
package dev.socketserver.cluster.spi;

import org.jspecify.annotations.NullMarked;
