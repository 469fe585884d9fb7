package dev.socketserver.autoconfigure.settings;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import dev.socketserver.autoconfigure.block.ServerBlocks;
import dev.socketserver.autoconfigure.lifecycle.ConfiguredEntries;
import dev.socketserver.autoconfigure.lifecycle.SetUpAttempt;
import dev.socketserver.autoconfigure.properties.BoundEntries;
import dev.socketserver.autoconfigure.properties.BoundEntries.Block;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.autoconfigure.properties.Section;
import dev.socketserver.autoconfigure.properties.SocketProperties;
import dev.socketserver.autoconfigure.spec.TlsBundles;
import dev.socketserver.settings.Verdict;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.env.Environment;

/**
 * Makes what a change would put in force, as the start of an application does, and finds
 * all with which that fails. Opens no socket.
 */
final class Trial {

	private final ConfigurableListableBeanFactory beans;

	private final Environment environment;

	private final TlsBundles bundles;

	private final FailureTexts texts;

	private final KeptPlaces places;

	/** What was made last, of which the next time makes little anew. */
	private volatile Map<Block, Record> last = Map.of();

	Trial(ConfigurableListableBeanFactory beans, Environment environment, TlsBundles bundles, FailureTexts texts,
			KeptPlaces places) {
		this.beans = beans;
		this.environment = environment;
		this.bundles = bundles;
		this.texts = texts;
		this.places = places;
	}

	/**
	 * Makes what is to be in force.
	 * @param inForce what is
	 * @param next what the environment says
	 * @param changes all changes between both
	 * @param made those of them that are to be made
	 * @return the servers and clients that change, or what is wrong
	 */
	Result make(Configured inForce, Configured next, Collection<Change> changes, Collection<Change> made) {
		List<Mistake> mistakes = new ArrayList<>();
		Set<Change> chosen = new LinkedHashSet<>(made);
		BoundEntries bound = new BoundEntries(ServerBlocks.types(), this.last);
		while (true) {
			List<Change> left = changes.stream().filter((change) -> !chosen.contains(change)).toList();
			Set<SettingsEntry> changed = new LinkedHashSet<>();
			chosen.forEach((change) -> changed.add(Objects.requireNonNull(change.entry())));
			NextProperties target = new NextProperties(inForce, next, left, changed);
			boolean better = false;
			SocketProperties properties = inForce.properties();
			SetUpAttempt attempt = SetUpAttempt.none();
			try {
				properties = target.properties(bound);
				ConfiguredEntries entries = new ConfiguredEntries(properties, this.beans,
						target.environment(this.environment), this.bundles);
				attempt = entries.attempt(this.environment, names(chosen, Section.SERVERS),
						names(chosen, Section.CLIENTS));
				for (Map.Entry<String, RuntimeException> failure : attempt.failures().entrySet()) {
					better |= failed(failure.getKey(), failure.getValue(), chosen, mistakes);
				}
				Set<String> servers = names(chosen, Section.SERVERS);
				Set<SettingsEntry> all = servers.isEmpty() ? Set.of() : target.configured().entries();
				for (String name : servers) {
					better |= isPlaceTaken(name, all, attempt, chosen, mistakes);
				}
			}
			catch (RuntimeException ex) {
				better = failed("socket", ex, chosen, mistakes);
			}
			if (!better) {
				this.last = bound.blocks();
				return new Result(List.copyOf(chosen), target.configured(), attempt, properties, mistakes);
			}
		}
	}

	private boolean isPlaceTaken(String name, Set<SettingsEntry> entries, SetUpAttempt attempt, Set<Change> chosen,
			List<Mistake> mistakes) {
		try {
			if (!attempt.steps(Section.SERVERS, name).isEmpty()) {
				this.places.check(name, entries, attempt);
			}
			return false;
		}
		catch (InvalidSocketPropertyException ex) {
			return failed(Section.SERVERS.property(name), ex, chosen, mistakes);
		}
	}

	/** Makes the properties again that are in force. */
	SocketProperties again(Configured inForce) {
		return new NextProperties(inForce, inForce, List.of(), inForce.entries())
			.properties(new BoundEntries(ServerBlocks.types(), this.last));
	}

	private static Set<String> names(Collection<Change> changes, Section section) {
		Set<String> names = new LinkedHashSet<>();
		for (Change change : changes) {
			SettingsEntry entry = change.entry();
			if (entry != null && entry.section() == section && change.verdict() != Verdict.REMOVE) {
				names.add(entry.name());
			}
		}
		return names;
	}

	/**
	 * Notes a failure, and takes the change back that has caused it.
	 * @return whether there may be further ones
	 */
	private boolean failed(String entry, RuntimeException failure, Set<Change> chosen, List<Mistake> mistakes) {
		InvalidSocketPropertyException wrong = FailureTexts.property(failure);
		String property = (wrong != null) ? wrong.property() : entry;
		Mistake mistake = this.texts.mistake(failure, wrong, entry);
		if (!mistakes.contains(mistake)) {
			mistakes.add(mistake);
		}
		return chosen.removeIf((change) -> isCause(change, property, mistake.key()))
				|| chosen.removeIf((change) -> isOf(change, entry));
	}

	private static boolean isCause(Change change, String property, @Nullable String key) {
		SettingsEntry entry = change.entry();
		String whole = change.whole();
		if (entry == null) {
			return false;
		}
		if (whole == null) {
			return property.equals(entry.property()) || property.startsWith(entry.property() + ".");
		}
		boolean same = key != null && (key.equals(whole) || key.startsWith(whole + ".") || key.startsWith(whole + "["));
		return same && (property.startsWith(entry.property() + ".") || property.startsWith(Section.DEFAULTS + "."));
	}

	private static boolean isOf(Change change, String property) {
		SettingsEntry entry = change.entry();
		return entry != null && (entry.property().equals(property) || entry.section().property().equals(property)
				|| property.equals("socket"));
	}

	/**
	 * What was made.
	 *
	 * @param changes the changes that are in it: those without a mistake
	 * @param configured what would be in force
	 * @param made the servers and clients that change
	 * @param properties what they were made of
	 * @param mistakes all that is wrong; empty if nothing is
	 */
	record Result(List<Change> changes, Configured configured, SetUpAttempt made, SocketProperties properties,
			List<Mistake> mistakes) {

	}

}
