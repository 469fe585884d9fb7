package dev.socketserver.metrics;

import io.micrometer.core.instrument.docs.MeterDocumentation;

/**
 * A meter of ours that says what it counts.
 */
interface DescribedMeter extends MeterDocumentation {

	/**
	 * Returns what is counted.
	 * @return a phrase
	 */
	String description();

}
