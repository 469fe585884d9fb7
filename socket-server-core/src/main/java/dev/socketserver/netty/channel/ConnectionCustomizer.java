package dev.socketserver.netty.channel;

import dev.socketserver.SessionSpec;
import io.netty.channel.ChannelPipeline;

/**
 * Adds handlers of the application to a connection that becomes a session. Stands for the
 * public {@code NettyPipelineCustomizer}, which the rooms do not know.
 */
@FunctionalInterface
public interface ConnectionCustomizer {

	/** On the connection's event loop. */
	void customize(ChannelPipeline pipeline, SessionSpec spec) throws Exception;

}
