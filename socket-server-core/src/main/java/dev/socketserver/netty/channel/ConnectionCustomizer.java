package dev.socketserver.netty.channel;

import dev.socketserver.SessionSpec;
import dev.socketserver.netty.NettyPipelineCustomizer;
import io.netty.channel.ChannelPipeline;

/**
 * Adds handlers of the application to a connection that becomes a session, as
 * {@link NettyPipelineCustomizer} does, which it stands for in the engine.
 */
@FunctionalInterface
public interface ConnectionCustomizer {

	/** On the connection's event loop. */
	void customize(ChannelPipeline pipeline, SessionSpec spec) throws Exception;

}
