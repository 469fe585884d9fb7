/**
 * What nodes share: a directory of who owns what, and a bus from node to node. Knows
 * neither sessions nor sockets, and depends on no other room.
 */
@NullMarked
package dev.socketserver.cluster.directory;

import org.jspecify.annotations.NullMarked;
