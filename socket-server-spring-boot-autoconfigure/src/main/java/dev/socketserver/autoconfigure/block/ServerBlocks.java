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
 * What the modules of the application bring: those on the class path.
 */
public final class ServerBlocks {

	private static final SpringFactoriesLoader MODULES = SpringFactoriesLoader
		.forDefaultResourceLocation(ServerBlocks.class.getClassLoader());

	private static final List<ServerBlock<Record>> BLOCKS = blocks();

	private static final List<ReservedHandler> HANDLERS = MODULES.load(ReservedHandler.class);

	private ServerBlocks() {
	}

	@SuppressWarnings({ "unchecked", "rawtypes" }) // each gets records of its own type
	private static List<ServerBlock<Record>> blocks() {
		return (List) MODULES.load(ServerBlock.class);
	}

	/**
	 * Returns the records of the blocks.
	 * @return the records by the keys of their blocks within a server
	 */
	public static Map<String, Class<? extends Record>> types() {
		Map<String, Class<? extends Record>> types = new LinkedHashMap<>();
		for (ServerBlock<?> block : BLOCKS) {
			types.put(block.prefix(), block.type());
		}
		return types;
	}

	/**
	 * Whether a module has keys of a name, for servers or for all of the application.
	 * @param name the name, such as {@code bridge}
	 */
	public static boolean isBlock(String name) {
		return types().containsKey(name) || handler(name) != null;
	}

	/**
	 * Returns a handler of a module.
	 * @param word the value of the property {@code handler}
	 * @return the handler, or {@code null} if no module brings one under that word
	 */
	public static @Nullable ReservedHandler handler(@Nullable String word) {
		for (ReservedHandler handler : HANDLERS) {
			if (handler.word().equals(word)) {
				return handler;
			}
		}
		return null;
	}

	/** Has each module check what it is asked for beside servers. */
	public static void check(BeanFactory beans, Environment environment) {
		for (ServerBlock<?> block : BLOCKS) {
			block.check(beans, environment);
		}
		for (ReservedHandler handler : HANDLERS) {
			handler.check(beans, environment);
		}
	}

	/**
	 * What the properties of a server say for a block; absent for a reserved handler:
	 * what its server inherits is meant for others.
	 */
	private static @Nullable Record properties(ServerBlock<Record> block, ServerProperties server) {
		return (handler(server.getHandler()) == null) ? server.block(block.prefix()) : null;
	}

	/** Whether a block brings what handles the sessions of a server. */
	public static boolean handles(ServerProperties server) {
		for (ServerBlock<Record> block : BLOCKS) {
			Record properties = properties(block, server);
			if (properties != null && block.handles(properties)) {
				return true;
			}
		}
		return false;
	}

	/** Adds to a server what its blocks say. */
	public static void apply(BlockServer server, ServerSpec.Builder builder) {
		for (ServerBlock<Record> block : BLOCKS) {
			Record properties = properties(block, server.properties());
			if (properties != null) {
				block.apply(server, properties, builder);
			}
		}
	}

	/** Has the blocks of a server take note of it. */
	public static void accept(BlockServer server, @Nullable ServerSpec spec) {
		for (ServerBlock<Record> block : BLOCKS) {
			Record properties = properties(block, server.properties());
			if (properties != null) {
				block.accept(server, properties, spec);
			}
		}
	}

	/** Has the blocks of a server take note of what is in force from now on. */
	public static void inForce(String name, ServerProperties server, BeanFactory beans) {
		for (ServerBlock<Record> block : BLOCKS) {
			Record properties = properties(block, server);
			if (properties != null) {
				block.inForce(name, properties, beans);
			}
			else {
				block.gone(name, beans);
			}
		}
	}

	/** Has all blocks take note that a server is gone. */
	public static void gone(String name, BeanFactory beans) {
		BLOCKS.forEach((block) -> block.gone(name, beans));
	}

}
