/**
 * The entry points of the engine: {@link dev.socketserver.netty.NettySocketServers
 * servers}, {@code NettySocketClients} of the module of clients, the
 * {@link dev.socketserver.netty.EngineSpec specification} of what they share, and the
 * {@link dev.socketserver.netty.NettyPipelineCustomizer customizer} for those who need
 * Netty itself. The rooms below are internal: applications must not use them, and their
 * types may change at any time. Netty is known here only.
 */
@NullMarked
package dev.socketserver.netty;

import org.jspecify.annotations.NullMarked;
