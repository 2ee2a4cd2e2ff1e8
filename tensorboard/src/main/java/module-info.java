/** Event files for TensorBoard, written with the JDK alone. */
module dev.reticent.tensorboard {
  requires static org.jspecify;

  exports dev.reticent.tensorboard;
}
