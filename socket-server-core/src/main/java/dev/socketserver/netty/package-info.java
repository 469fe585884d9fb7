/**
 * The engine on Netty: the only package that knows it. {@link NettySocketServers} is the
 * way in for programs without Spring.
 */
@NullMarked
package dev.socketserver.netty;

import org.jspecify.annotations.NullMarked;
