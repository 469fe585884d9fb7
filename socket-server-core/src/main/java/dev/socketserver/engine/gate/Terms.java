package dev.socketserver.engine.gate;

/**
 * What one session has to keep to: until its login a phase, which has its rates; then the
 * rates alone. One reference for both keeps a session small.
 */
sealed interface Terms permits LoginPhase, SessionRates {

}
