package dev.socketserver.autoconfigure.block;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.socketserver.ServerSpec;
import dev.socketserver.autoconfigure.properties.ServerProperties;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.core.env.Environment;
import org.springframework.core.io.support.SpringFactoriesLoader;

/**
 * What the modules of the application bring. Immutable.
 */
public final class ServerBlocks {

	private final List<ServerBlock<?>> blocks;

	private final List<ReservedHandler> handlers;

	/** Finds what the modules on the class path bring. */
	@SuppressWarnings({ "unchecked", "rawtypes" }) // of any record
	public ServerBlocks() {
		SpringFactoriesLoader modules = SpringFactoriesLoader
			.forDefaultResourceLocation(ServerBlocks.class.getClassLoader());
		this.blocks = (List) modules.load(ServerBlock.class);
		this.handlers = modules.load(ReservedHandler.class);
	}

	/**
	 * Returns the records of the blocks.
	 * @return the records by the keys of their blocks within a server
	 */
	public Map<String, Class<? extends Record>> types() {
		Map<String, Class<? extends Record>> types = new LinkedHashMap<>();
		for (ServerBlock<?> block : this.blocks) {
			types.put(block.prefix(), block.type());
		}
		return types;
	}

	/**
	 * Whether a module has keys of a name, for servers or for all of the application.
	 * @param name the name, such as {@code bridge}
	 */
	public boolean isBlock(String name) {
		return types().containsKey(name) || handler(name) != null;
	}

	/**
	 * Returns a handler of a module.
	 * @param word the value of the property {@code handler}
	 * @return the handler, or {@code null} if no module brings one under that word
	 */
	public @Nullable ReservedHandler handler(@Nullable String word) {
		for (ReservedHandler handler : this.handlers) {
			if (handler.word().equals(word)) {
				return handler;
			}
		}
		return null;
	}

	/** Has each module check what it is asked for beside servers. */
	public void check(BeanFactory beans, Environment environment) {
		for (ServerBlock<?> block : this.blocks) {
			block.check(beans, environment);
		}
		for (ReservedHandler handler : this.handlers) {
			handler.check(beans, environment);
		}
	}

	/** Whether a block brings what handles the sessions of a server. */
	public boolean handles(ServerProperties server) {
		for (ServerBlock<?> block : this.blocks) {
			if (handles(block, server)) {
				return true;
			}
		}
		return false;
	}

	private static <P extends Record> boolean handles(ServerBlock<P> block, ServerProperties server) {
		P properties = block.type().cast(server.block(block.prefix()));
		return properties != null && block.handles(properties);
	}

	/** Adds to a server what its blocks say. */
	public void apply(BlockServer server, ServerSpec.Builder builder) {
		for (ServerBlock<?> block : this.blocks) {
			apply(block, server, builder);
		}
	}

	private static <P extends Record> void apply(ServerBlock<P> block, BlockServer server, ServerSpec.Builder builder) {
		P properties = block.type().cast(server.properties().block(block.prefix()));
		if (properties != null) {
			block.apply(server, properties, builder);
		}
	}

	/** Has the blocks of a server take note of it. */
	public void accept(BlockServer server, @Nullable ServerSpec spec) {
		for (ServerBlock<?> block : this.blocks) {
			accept(block, server, spec);
		}
	}

	private static <P extends Record> void accept(ServerBlock<P> block, BlockServer server, @Nullable ServerSpec spec) {
		P properties = block.type().cast(server.properties().block(block.prefix()));
		if (properties != null) {
			block.accept(server, properties, spec);
		}
	}

	/** Has the blocks of a server take note of what is in force from now on. */
	public void inForce(String name, ServerProperties server, BeanFactory beans) {
		for (ServerBlock<?> block : this.blocks) {
			inForce(block, name, server, beans);
		}
	}

	private static <P extends Record> void inForce(ServerBlock<P> block, String name, ServerProperties server,
			BeanFactory beans) {
		P properties = block.type().cast(server.block(block.prefix()));
		if (properties != null) {
			block.inForce(name, properties, beans);
		}
		else {
			block.gone(name, beans);
		}
	}

	/** Has all blocks take note that a server is gone. */
	public void gone(String name, BeanFactory beans) {
		this.blocks.forEach((block) -> block.gone(name, beans));
	}

}
