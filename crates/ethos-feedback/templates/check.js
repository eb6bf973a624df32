(function () {
  var form = document.getElementById('filter');
  if (!form) return;
  form.hidden = false;
  var causes = Array.prototype.slice.call(document.querySelectorAll('.cause'));
  var files = Array.prototype.slice.call(document.querySelectorAll('.file'));
  var output = form.querySelector('output');
  function apply() {
    var on = Array.prototype.slice.call(form.querySelectorAll('[name=severity]:checked')).map(function (box) { return box.value; });
    var file = form.elements.file ? form.elements.file.value : '';
    var text = form.elements.text.value.toLowerCase();
    var shown = 0;
    causes.forEach(function (cause) {
      var fits = on.indexOf(cause.dataset.severity) >= 0
        && (!text || cause.textContent.toLowerCase().indexOf(text) >= 0);
      cause.hidden = !fits;
      if (fits && !cause.closest('.file').hidden) shown += 1;
    });
    files.forEach(function (part) { part.hidden = !!file && part.id !== file; });
    output.textContent = shown + ' ' + output.dataset.of + ' ' + causes.length + ' ' + output.dataset.causes;
  }
  form.addEventListener('input', apply);
  form.addEventListener('submit', function (event) { event.preventDefault(); });
  window.addEventListener('beforeprint', function () {
    document.querySelectorAll('details').forEach(function (part) { part.open = true; });
  });
  apply();
}());
