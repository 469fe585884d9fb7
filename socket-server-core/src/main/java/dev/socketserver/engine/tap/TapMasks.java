package dev.socketserver.engine.tap;

import java.util.Collection;
import java.util.function.Supplier;

import dev.socketserver.TapMask;
import org.jspecify.annotations.Nullable;

/**
 * The masks of the application, which are looked up when the first session is tapped:
 * they may themselves need the servers.
 */
final class TapMasks {

	private final Supplier<? extends Collection<? extends TapMask>> given;

	private volatile TapMask @Nullable [] masks;

	TapMasks(Supplier<? extends Collection<? extends TapMask>> given) {
		this.given = given;
	}

	/** Whether there is none. */
	boolean isEmpty() {
		return masks().length == 0;
	}

	private TapMask[] masks() {
		TapMask[] known = this.masks;
		if (known == null) {
			known = this.given.get().toArray(TapMask[]::new);
			this.masks = known;
		}
		return known;
	}

	/**
	 * Masks a frame. On a thread of the tap.
	 * @return what may be kept, or {@code null} if a mask has failed
	 */
	@Nullable TapEntry apply(TapEntry entry) {
		byte[] frame = entry.payload();
		try {
			for (TapMask mask : masks()) {
				frame = mask.mask(entry.session().server(), entry.received(), frame);
			}
			// A copy, since the mask may keep the array.
			return entry.with(frame.clone());
		}
		catch (Throwable ex) {
			// What failed may hold the secret, and so is not logged.
			return null;
		}
	}

}
