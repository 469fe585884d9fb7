package dev.socketserver.netty;

import dev.socketserver.SessionSpec;
import io.netty.channel.ChannelPipeline;

/**
 * Adds Netty handlers to the connections of servers and clients: what logs the bytes on
 * the wire, shapes traffic, compresses, or speaks a layer of its own below the framing.
 * It is the one way to Netty, for those who need what no property offers. All beans of
 * this type are called, in their order.
 * <p>
 * It is called once for each connection that becomes a session, when that is about to
 * open: after a header of the PROXY protocol and the handshake of TLS. What is added with
 * {@link ChannelPipeline#addLast(io.netty.channel.ChannelHandler...) addLast} stands
 * before the session and sees plain bytes; what is added with
 * {@link ChannelPipeline#addFirst(io.netty.channel.ChannelHandler...) addFirst} sees what
 * is on the wire, encrypted where the connection is. The connection is active already, so
 * that such handlers receive {@code handlerAdded} and no {@code channelActive}. Handlers
 * of a connection are new ones, unless they are
 * {@linkplain io.netty.channel.ChannelHandler.Sharable sharable}.
 * <p>
 * Handlers must forward closes, writes, exceptions and the end of the connection, as any
 * Netty handler must: the session trusts them, and one that keeps these to itself keeps
 * the session. What handlers pass on inwards must be {@link io.netty.buffer.ByteBuf
 * ByteBufs}, which the session releases; others end it with
 * {@link dev.socketserver.CloseReason#IO_ERROR IO_ERROR}, as what handlers throw does. An
 * {@link java.io.IOException} counts as a failure of the connection. Writes of the
 * session are {@code ByteBufs} of framed bytes; it counts one as sent when its promise
 * succeeds, and waits for that before it ends in good order. The session ends its output
 * on the socket itself, after what has been written there: a handler that keeps bytes of
 * a write until the connection closes loses them.
 * <p>
 * Handlers run on the event loop, where no code may block. A connection with handlers of
 * its own is served by Netty's queue for output, which costs a few per cent more than the
 * way past it that others take.
 */
@FunctionalInterface
public interface NettyPipelineCustomizer {

	/**
	 * Adds handlers to a connection. On its event loop.
	 * @param pipeline the pipeline, without the session, which comes after all that is in
	 * it
	 * @param spec what the session will be made from: the name of the server or client,
	 * and which of the two it is
	 * @throws Exception if the connection is to be closed instead, which is logged
	 */
	void customize(ChannelPipeline pipeline, SessionSpec spec) throws Exception;

}
